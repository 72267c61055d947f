import type { Audit, Entry } from '../../core/audit/audit.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Fields } from '../../core/field.ts';
import type { Log } from '../../core/log.ts';
import type { Step } from '../../core/store/store.ts';

/** Makes of a secret what can stand in the log: the same for the same secret, and not to be turned back. */
export type Mask = (secret: string) => string;

/** The input with the values of secret fields masked. */
export function maskInput(
  fields: Fields,
  input: Readonly<Record<string, unknown>>,
  mask: Mask,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, fields[name]?.secret ? mask(JSON.stringify(value)) : value]),
  );
}

type Item = Readonly<Record<string, unknown>>;

/** What of an item became another: each key with what it was and what it is, secrets masked. */
export function differenceOf(fields: Fields, before: Item, after: Item, mask: Mask): Record<string, unknown> {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const isOther = (key: string) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  const shown = (key: string, item: Item) => {
    return fields[key]?.secret && item[key] !== undefined ? mask(JSON.stringify(item[key])) : (item[key] ?? null);
  };
  return Object.fromEntries(keys.filter(isOther).map(key => [key, [shown(key, before), shown(key, after)]]));
}

/** What is entered of a deed that is tried again and again: its number, and how it failed the last time. */
export interface Trial {
  of?: number;
  reason?: string;
}

/** Enters a deed before it is done, does it, and enters what came of it; when the first cannot be written nothing is done. With the trial of an earlier try it is the same deed, of which nothing is entered while it fails as before. */
export async function entered<T>(
  { audit, log }: { readonly audit: Audit; readonly log: Log },
  entry: Omit<Entry, 'result' | 'of'>,
  deed: () => Promise<T>,
  tell: (done: T) => Pick<Entry, 'difference'> & Partial<Pick<Entry, 'target'>> = () => ({}),
  trial: Trial = {},
): Promise<T> {
  trial.of ??= await enter(audit, { ...entry, result: 'begun' });
  const { of } = trial;
  const { difference: _, ...same } = entry;
  const end = async (outcome: Pick<Entry, 'result' | 'reason' | 'difference'> & Partial<Pick<Entry, 'target'>>) => {
    await audit.commit([{ ...same, ...outcome, of }]).catch(error => {
      // It is done: to call it failed would have it done twice.
      log.error('outcome not entered', { of, request_id: entry.requestId, error: toFailure(error).message });
    });
  };
  try {
    const done = await deed();
    await end({ result: 'done', ...tell(done) });
    return done;
  } catch (error) {
    const failure = toFailure(error);
    const isRefusal = ['usage', 'refused', 'not_found', 'conflict', 'forbidden'].includes(failure.code);
    const reason = reasonOf(failure);
    if (reason !== trial.reason) await end({ result: isRefusal ? 'refused' : 'failed', reason });
    trial.reason = reason;
    throw error;
  }
}

/** Enters one entry, with the writes that belong to it; its number. Throws `busy` when the log cannot be written. */
export async function enter(audit: Audit, entry: Entry, steps: readonly Step[] = []): Promise<number> {
  let numbers: readonly number[] | undefined;
  try {
    numbers = await audit.commit([entry], steps);
  } catch (cause) {
    throw new Failure('busy', 'the audit log cannot be written, so nothing is changed', { cause });
  }
  if (numbers === undefined) throw new Failure('conflict', 'it was changed meanwhile', { hint: 'Try again' });
  return numbers[0]!;
}

/** Why it went wrong, without what only the log of the daemon may have. */
export function reasonOf(failure: Failure): string {
  return failure.code === 'unexpected' ? 'unexpected' : `${failure.apiCode ?? failure.code}: ${failure.message}`;
}
