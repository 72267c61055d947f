import { hashToken } from '../../../core/auth/gateway-token.ts';
import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure } from '../../../core/failure.ts';
import type { Step, Store } from '../../../core/store/store.ts';
import type { Token, User } from './principal.ts';

/** Milliseconds after which it is written down again that a session is in use. */
const pause = 60_000;

/** What is to be written down of a session at WorkOS, so that it can be seen and ended here: nothing where that was done a moment ago. Throws `unauthorized` for one that was ended. */
export async function noteSession({ db }: Store, user: User, claims: Claims, now: number): Promise<Step[]> {
  const { session, expiresAt } = claims;
  const hash = hashToken(session);
  const read = db.selectFrom('tokens').select(['id', 'used', 'expires', 'revoked']).where('hash', '=', hash);
  const row = await read.executeTakeFirst();
  if (row && row.revoked !== null) {
    throw new Failure('unauthorized', 'the session was revoked', { hint: 'Sign in: cloudctl login' });
  }
  if (row && now - (row.used ?? 0) < pause) return [];
  if (row) {
    const set = { used: now, expires: Math.max(row.expires, expiresAt) };
    return [{ query: db.updateTable('tokens').set(set).where('id', '=', row.id) }];
  }
  const values = {
    ...{ kind: 'session' as const, name: 'WorkOS', hash, user_id: user.id, issuer: user.email },
    // No gateway token has the form of a session's id, so that nobody comes in with one.
    ...{ workos_session: session, role: null, permissions: null, selector: null, project_id: null, address: null },
    ...{ created: now, expires: expiresAt, used: now, revoked: null },
  };
  return [{ query: db.insertInto('tokens').values(values), changes: 'any' }];
}

/** Those of WorkOS's sessions that have been here and are open. */
export async function findOpen({ db }: Store, sessions: readonly string[]): Promise<Pick<Token, 'id' | 'issuer'>[]> {
  if (sessions.length === 0) return [];
  const known = db.selectFrom('tokens').select(['id', 'issuer']).where('hash', 'in', sessions.map(hashToken));
  return known.where('revoked', 'is', null).execute();
}

/** Marks them as ended. */
export function revoking({ db }: Store, rows: readonly Pick<Token, 'id'>[], now: number): Step[] {
  return rows.map(({ id }) => ({ query: db.updateTable('tokens').set({ revoked: now }).where('id', '=', id) }));
}
