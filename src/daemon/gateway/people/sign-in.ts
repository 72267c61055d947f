import type { Principal } from '../../../core/access/principal.ts';
import { hashToken, kindOfToken, newToken } from '../../../core/auth/gateway-token.ts';
import type { Passwords } from '../../../core/auth/password.ts';
import { Failure } from '../../../core/failure.ts';
import { enter } from '../../api/entries.ts';
import { timeOf } from '../../backup/service/common.ts';
import type { PeopleTools } from './find.ts';
import { findHeld, revoke } from './held.ts';
import type { User } from './principal.ts';
import { readEmail } from './services/user.ts';
import type { SignInLimit } from './sign-in-limit.ts';

/** Where a request comes from. */
export interface From {
  readonly requestId: string;
  readonly address: string;
}

/** A session that has just begun, and its token, which is told once. */
export interface Begun {
  readonly session: Readonly<Record<string, unknown>>;
  readonly token: string;
}

/** How one signs in, and the address that the daemon has for people. */
export interface Ways {
  readonly workos: { readonly client_id: string; readonly endpoint: string } | null;
  readonly local: true;
  readonly public_url: string | null;
}

/** Coming in with a password, and going. */
export interface SignIn {
  /** How one signs in here. */
  ways(): Ways;
  /** Throws `unauthorized`, the same whatever was wrong, and `limited` after too many tries. */
  begin(given: { email: string; password: string; name?: string }, from: From): Promise<Begun>;
  /** Takes an invitation up with a password of one's own, and signs in; throws `unauthorized` for one that is not good any more. */
  accept(given: { token: string; password: string; name?: string }, from: From): Promise<Begun>;
  /** Ends the session that the caller came with; throws `refused` where it is none. */
  end(caller: Principal & From): Promise<void>;
}

export interface SignInOptions {
  readonly passwords: Passwords;
  readonly limit: SignInLimit;
  /** How long a session lasts, in milliseconds. */
  readonly lifetime: () => number;
  readonly ways: () => Ways;
}

/** Sign-in with the accounts of the store. */
export function createSignIn(tools: PeopleTools, options: SignInOptions): SignIn {
  const { store, audit, clock } = tools;
  const { passwords, limit, lifetime, ways } = options;
  const { db } = store;

  /** Begins a session in one commit with its entry and what belongs to it. */
  async function open(
    user: User,
    name: string,
    from: From,
    set: Partial<User>,
    condition: Partial<User>,
  ): Promise<Begun> {
    const token = newToken('session');
    const now = clock.now();
    const row = {
      ...{ kind: 'session' as const, name, hash: hashToken(token), user_id: user.id, issuer: user.email },
      ...{ workos_session: null, role: null, permissions: null, selector: null, project_id: null },
      address: from.address,
      ...{ created: now, expires: now + lifetime(), used: null, revoked: null },
    };
    const { id: _, ...changes } = { ...set, seen: now };
    let changed = db.updateTable('users').set(changes).where('id', '=', user.id);
    for (const [key, value] of Object.entries(condition))
      changed = changed.where(key as 'state', '=', value as 'active');
    const target = { type: 'user', id: user.id, name: user.email };
    const action = set.invitation === null ? 'user.accept' : 'session.create';
    const entry = { actor: user.email, action, target, result: 'done' as const, ...from };
    await enter(audit, entry, [{ query: changed, changes: 1 }, { query: db.insertInto('tokens').values(row) }]);
    const made = await db.selectFrom('tokens').select('id').where('hash', '=', row.hash).executeTakeFirstOrThrow();
    const times = { created: timeOf(now), expires: timeOf(row.expires), used: null };
    return { session: { id: made.id, name, user: user.email, address: from.address, ...times }, token };
  }

  return {
    ways,
    async begin({ email: given, password, name = 'sign-in' }, from) {
      const email = readEmail(given);
      await limit.begin(from.address, email);
      const user = await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
      const { isRight, isStale } = await passwords.check(password, user?.password);
      if (!user || !isRight || user.state !== 'active') {
        // What was typed for the address may be a password: only those that there are are entered.
        throw new Failure('unauthorized', 'the e-mail address or the password is wrong', {
          cause: { actor: user?.email },
        });
      }
      await limit.succeed(from.address, email);
      const anew = isStale ? { password: await passwords.hash(password) } : {};
      return open(user, name, from, anew, { state: 'active', password: user.password });
    },
    async accept({ token, password, name = 'sign-in' }, from) {
      await limit.begin(from.address);
      const invitation = hashToken(token);
      const found = db.selectFrom('users').selectAll().where('invitation', '=', invitation);
      const user = kindOfToken(token) === 'invitation' ? await found.executeTakeFirst() : undefined;
      if (!user || user.state === 'disabled' || (user.invited_until ?? 0) <= clock.now()) {
        throw new Failure('unauthorized', 'the invitation is not good, or not any more', {
          hint: 'Ask an administrator for another one',
          cause: { actor: user?.email },
        });
      }
      const hash = await passwords.hash(password);
      await limit.succeed(from.address, user.email);
      const set = {
        state: 'active',
        password: hash,
        invitation: null,
        invited_until: null,
        updated: clock.now(),
      } as const;
      return open(user, name, from, set, { invitation });
    },
    async end(caller) {
      const none = new Failure('refused', 'this is no session that could be ended', { hint: 'cloudctl token revoke' });
      if (caller.token === undefined) throw none;
      const row = await findHeld(tools, 'session', caller, caller.token).catch(() => undefined);
      if (!row) throw none;
      const { requestId, address } = caller;
      const target = { type: 'session', id: row.id };
      await enter(audit, { actor: caller.name, action: 'session.end', target, result: 'done', requestId, address });
      await revoke(tools, row.id);
    },
  };
}
