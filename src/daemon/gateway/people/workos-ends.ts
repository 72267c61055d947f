import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure } from '../../../core/failure.ts';
import type { Step, Store } from '../../../core/store/store.ts';
import { template } from '../../../core/store/template.ts';
import type { Clock } from '../../../core/world.ts';

/** Access tokens that end before they expire: those of `subject` (a session, a user, or `user/organization`) that were issued until `issued`. */
export interface End {
  readonly subject: string;
  /** Milliseconds by WorkOS's clock. */
  readonly issued: number;
}

/** For what will never have good tokens again. */
export const always = Number.MAX_SAFE_INTEGER;

/** How long it is remembered: longer than any access token lasts, which is minutes at WorkOS and a day at most. */
const kept = 7 * 86_400_000;

/** Refuses them from the next request on. */
export function ending({ db }: Store, { subject, issued }: End, now: number): Step[] {
  const later = db.updateTable('workos_ends').set({ issued, created: now }).where('subject', '=', subject);
  return [
    { query: db.insertInto('workos_ends').values({ subject, issued, created: now }), changes: 'any' },
    { query: later.where('issued', '<', issued) },
  ];
}

type Asked = Readonly<Record<'session' | 'user' | 'member', string> & { issuedAt: number }>;

/** Asked at every request. */
const lookUp = template((db, { session, user, member, issuedAt }: Asked) =>
  db
    .selectFrom('workos_ends')
    .select('subject')
    .where('subject', 'in', [session, user, member])
    .where('issued', '>=', issuedAt),
);

/** Throws `unauthorized` for a token that was ended. */
export async function requireNotEnded(store: Store, claims: Claims): Promise<void> {
  const { user, session, organization, issuedAt } = claims;
  const found = lookUp(store, { session, user, member: memberOf(user, organization ?? ''), issuedAt });
  if (!(await found.first())) return;
  throw new Failure('unauthorized', 'the session was ended at WorkOS, or its user was removed there', {
    hint: 'Sign in: cloudctl login',
  });
}

/** The subject that a membership is. */
export function memberOf(user: string, organization: string): string {
  return `${user}/${organization}`;
}

/** Forgets what no token can be from any more. */
export async function pruneEnds({ store, clock }: { readonly store: Store; readonly clock: Clock }): Promise<void> {
  const query = store.db.deleteFrom('workos_ends').where('created', '<', clock.now() - kept);
  await store.commit([{ query }]);
}
