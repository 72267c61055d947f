import type { Entry } from '../../../core/audit/audit.ts';
import { Failure } from '../../../core/failure.ts';
import type { Step } from '../../../core/store/store.ts';
import type { Request } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';

/** A time as the API shows it: RFC 3339, null where there is none. */
export function timeOf(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString();
}

/** The audit entry of a request. */
export function entryBy(
  { caller }: Request,
  action: string,
  target: Entry['target'],
  more: Partial<Entry> = {},
): Entry {
  const { name: actor, requestId, address } = caller;
  return { actor, action, target, result: 'done', requestId, address, ...more };
}

/** Writes what a request changes together with its entry; throws `conflict` when it was changed meanwhile. */
export async function change(
  { audit, queue }: Tools,
  entry: Entry,
  steps: readonly Step[],
): Promise<readonly number[]> {
  const done = await audit.commit([entry], steps);
  if (!done) {
    throw new Failure(
      'conflict',
      `${entry.target.type} ${entry.target.name ?? entry.target.id} was changed meanwhile`,
      {
        hint: 'Look at it again, and then say again what is to be changed',
      },
    );
  }
  queue.wake();
  return done;
}

/** Enters that a request is turned down, and throws why. */
export async function refuse({ audit }: Tools, entry: Entry, failure: Failure): Promise<never> {
  await audit.commit([{ ...entry, result: 'refused', reason: failure.message }]);
  throw failure;
}
