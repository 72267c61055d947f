import { Failure } from '../../core/failure.ts';
import type { Caller } from '../api/service.ts';

/** Whether a caller reaches everybody's, by a permission such as `quota:read`. */
export function reachesAll({ grants }: Pick<Caller, 'grants'>, permission: string): boolean {
  return grants[permission] === 'all';
}

/** Throws `forbidden` unless the caller reaches everybody's. */
export function requireAll(caller: Pick<Caller, 'grants'>, permission: string): void {
  if (reachesAll(caller, permission)) return;
  throw new Failure('forbidden', `this takes the permission ${permission} for everything`, {
    hint: 'Ask an administrator of the daemon',
  });
}
