import { Failure } from '../../core/failure.ts';
import type { Store } from '../../core/store/store.ts';

/** Whether the store is a server that does not answer: then a new process would not find it either, while a file that cannot be written may be taken by one. */
export function isAway({ dialect }: Pick<Store, 'dialect'>, error: unknown): boolean {
  return dialect === 'mysql' && error instanceof Failure && error.code === 'unreachable';
}
