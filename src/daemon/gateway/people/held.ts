import { Failure } from '../../../core/failure.ts';
import type { Caller } from '../../api/service.ts';
import type { PeopleTools } from './find.ts';
import type { Token } from './principal.ts';

type Tools = Pick<PeopleTools, 'store' | 'clock'>;
type Deed = 'read' | 'write';

/** The tokens or sessions that the caller may see, of one user where that is given: all by the grant `all`, else the own ones. */
export async function readHeld({ store }: Tools, kind: Token['kind'], caller: Caller, of?: number): Promise<Token[]> {
  const own = isForAll(kind, caller, 'read') ? undefined : (caller.user ?? -1);
  const all = store.db.selectFrom('tokens').selectAll().where('kind', '=', kind);
  const seen = own === undefined ? all : all.where('user_id', '=', own);
  return (of === undefined ? seen : seen.where('user_id', '=', of)).execute();
}

/** One of them; throws `not_found` for another's too, so that nobody learns what there is. */
export async function findHeld(
  { store }: Tools,
  kind: Token['kind'],
  caller: Caller,
  id: number,
  deed: Deed = 'read',
): Promise<Token> {
  const found = store.db.selectFrom('tokens').selectAll().where('id', '=', id).where('kind', '=', kind);
  const row = await found.executeTakeFirst();
  const isTheirs = row !== undefined && row.user_id !== null && row.user_id === caller.user;
  if (row && (isTheirs || isForAll(kind, caller, deed))) return row;
  throw new Failure('not_found', `${kind} not found: ${id}`, { hint: `cloudctl ${kind} list` });
}

/** Refused from the next request on; one that was revoked before stays as it was. */
export async function revoke({ store, clock }: Tools, id: number): Promise<void> {
  const query = store.db.updateTable('tokens').set({ revoked: clock.now() });
  await store.commit([{ query: query.where('id', '=', id).where('revoked', 'is', null) }]);
}

function isForAll(kind: Token['kind'], { grants }: Caller, deed: Deed): boolean {
  return grants[`${kind}:${deed}`] === 'all';
}
