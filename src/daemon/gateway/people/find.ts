import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../../core/access/principal.ts';
import type { Audit } from '../../../core/audit/audit.ts';
import { hashToken, kindOfToken } from '../../../core/auth/gateway-token.ts';
import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { Log } from '../../../core/log.ts';
import type { Step, Store } from '../../../core/store/store.ts';
import { template } from '../../../core/store/template.ts';
import type { Clock } from '../../../core/world.ts';
import { type Found, nameOfToken, principalOfToken, principalOfUser } from './principal.ts';
import { findRole, userOfWorkos } from './workos.ts';
import type { Administration } from './workos-administration.ts';
import { requireNotEnded } from './workos-ends.ts';
import { noteSession } from './workos-sessions.ts';

/** Those whom the store knows. */
export interface People {
  /** Whose a gateway token or a session is, as that stands at this moment. Rejects with `unauthorized`. */
  byToken(text: string): Promise<Principal>;
  /** Whose a verified access token of WorkOS is; somebody new is entered. Rejects with `forbidden` for somebody who was disabled. */
  byWorkos(claims: Claims): Promise<Principal>;
}

export interface PeopleTools {
  readonly store: Store;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** WorkOS itself, where an API key may be given. */
  readonly workos?: Administration;
}

/** How often it is written down that somebody was there, in milliseconds. */
const pause = 60_000;

/** People as the store has them at each asking, so that what was revoked is refused with the next request. */
export function openPeople(tools: PeopleTools): People {
  const { store, clock } = tools;
  const note = takeNotes(tools);
  return {
    async byToken(text) {
      const kind = kindOfToken(text);
      if (kind !== 'token' && kind !== 'session') throw refuse('the token is not known');
      const hash = hashToken(text);
      const found = (await lookUp(store, { hash }).first()) as Found | undefined;
      if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash)))
        throw refuse('the token is not known');
      const now = clock.now();
      requireGood(found, now);
      if (now - (found.used ?? 0) >= pause) {
        const used = store.db.updateTable('tokens').set({ used: now }).where('id', '=', found.id);
        const seen = store.db.updateTable('users').set({ seen: now });
        const both = found.user_id === null ? [] : [{ query: seen.where('id', '=', found.user_id) }];
        note(`token ${found.id}`, [{ query: used }, ...both]);
      }
      return principalOfToken(found);
    },
    async byWorkos(claims) {
      await requireNotEnded(store, claims);
      const user = await userOfWorkos(tools, claims);
      const principal = principalOfUser(user, await findRole(store, user), claims.actor);
      if (user.state !== 'active') {
        throw new Failure('forbidden', `${user.email} is disabled`, { details: { actor: principal.name } });
      }
      const now = clock.now();
      if (tools.workos?.isConfigured()) {
        const steps = await noteSession(store, user, claims, now);
        if (steps.length > 0) note(`session ${claims.session}`, steps);
      }
      if (now - (user.seen ?? 0) >= pause) {
        const query = store.db.updateTable('users').set({ seen: now }).where('id', '=', user.id);
        note(`user ${user.id}`, [{ query }]);
      }
      return principal;
    },
  };
}

function requireGood(found: Found, now: number): void {
  const { kind, revoked, expires, user_id, state } = found;
  const cause = { actor: nameOfToken(found) };
  if (revoked !== null) throw refuse(`the ${kind} was revoked`, cause);
  if (expires <= now) throw refuse(`the ${kind} has expired`, cause);
  if (user_id !== null && state !== 'active') throw refuse(`the user of the ${kind} is not active`, cause);
}

/** Who was refused is for the audit log only, and therefore no detail of the answer. */
function refuse(message: string, cause?: { readonly actor: string }): Failure {
  return new Failure('unauthorized', message, { hint: 'Sign in: cloudctl login, or set CLOUDCTL_DAEMON_TOKEN', cause });
}

/** Asked at every request; the roles come with it, so that no copy of one can be old, and the number of permits, of which most have none. */
const lookUp = template((db, { hash }: { readonly hash: string }) =>
  db
    .selectFrom('tokens as t')
    .leftJoin('users as u', 'u.id', 't.user_id')
    .leftJoin('roles as own', join =>
      join.on(({ eb, fn, ref }) => eb('own.name', '=', fn.coalesce(ref('u.workos_role'), ref('u.role')))),
    )
    .leftJoin('roles as most', 'most.name', 't.role')
    .selectAll('t')
    .select(['u.email', 'u.team', 'u.state', 'u.project_id as home'])
    .select(({ fn }) => fn.coalesce('u.workos_role', 'u.role').as('own_role'))
    .select(['own.permissions as own_grants', 'most.permissions as most_grants'])
    .select(({ selectFrom, fn }) =>
      selectFrom('permits as p')
        .select(fn.countAll<number>().as('count'))
        .whereRef('p.user_id', '=', 't.user_id')
        .as('permits'),
    )
    .where('t.hash', '=', hash),
);

/** Writes on the side; that it cannot be written is no reason to turn somebody away. */
function takeNotes({ store, log }: PeopleTools): (about: string, steps: readonly Step[]) => void {
  const underWay = new Set<string>();
  return (about, steps) => {
    if (underWay.has(about)) return;
    underWay.add(about);
    store
      .commit(steps)
      .catch(error => log.debug('not noted', { about, error: toFailure(error).message }))
      .finally(() => underWay.delete(about));
  };
}
