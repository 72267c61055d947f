import { Failure } from '../../../core/failure.ts';
import type { Store } from '../../../core/store/store.ts';

/** Whether there is an owner of that name: `admin`, `user-12`, `team-web`. */
export async function isOwner({ db }: Pick<Store, 'db'>, owner: string): Promise<boolean> {
  if (owner === 'admin') return true;
  const [, kind, name = ''] = /^(user|team)-(.+)$/.exec(owner) ?? [];
  if (kind === undefined) return false;
  const users = db.selectFrom('users').select('id');
  if (kind === 'team') return (await users.where('team', '=', name).limit(1).execute()).length > 0;
  return /^[1-9]\d{0,14}$/.test(name) && (await users.where('id', '=', Number(name)).execute()).length > 0;
}

/** Throws `usage` when there is no such owner. */
export async function requireOwner(store: Pick<Store, 'db'>, owner: string, field: string): Promise<void> {
  if (await isOwner(store, owner)) return;
  throw new Failure('usage', `${field}: there is no owner '${owner.slice(0, 100)}'`, {
    hint: 'user-<id> of cloudctl user list, team-<name>, or admin',
  });
}
