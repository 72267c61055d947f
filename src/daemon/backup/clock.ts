import type { Step, Store } from '../../core/store/store.ts';
import type { MetaRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';

/** Rows of `meta`: the wall time of the last tick, and since when the clock is not to be trusted. */
const lastTick = 'clock/last';
const suspectSince = 'clock/suspect';

/** How far the clock may be off what has passed, in milliseconds. */
const tolerance = 300_000;

/** How far the wall clock was turned by a hand, in milliseconds, positive when ahead: by what has passed where that is known, else only backwards shows. */
export function jumpOf(before: number | undefined, now: number, passed: number | undefined): number {
  if (before === undefined) return 0;
  const off = passed === undefined ? Math.min(0, now - before) : now - before - passed;
  return Math.abs(off) > tolerance ? off : 0;
}

/** A tick of this process: the wall time and a monotonic timer, both in milliseconds. */
export interface Moment {
  readonly wall: number;
  readonly timer: number;
}

/** Writes down the time of a tick; how far the clock was turned since `last`, the tick before it of this process, or where there is none since the last one of any. `also` is written with it. */
export async function noteTime(
  store: Store,
  { wall, timer }: Moment,
  last: Moment | undefined,
  also: readonly Step[] = [],
): Promise<number> {
  const noted = last ? undefined : await readMeta(store, lastTick);
  const before = last?.wall ?? (noted === undefined ? undefined : Number(noted));
  const jump = jumpOf(before, wall, last && timer - last.timer);
  const steps = [...writeMeta(store, lastTick, String(wall)), ...also];
  await store.commit(jump === 0 ? steps : [...steps, ...writeMeta(store, suspectSince, String(wall))]);
  return jump;
}

/** When the clock was last turned, undefined when it never was; milliseconds. */
export async function readJump(store: Store): Promise<number | undefined> {
  const since = await readMeta(store, suspectSince);
  return since === undefined ? undefined : Number(since);
}

/** The fact of that name, undefined when there is none. */
export async function readMeta(store: Store, name: string): Promise<string | undefined> {
  return (await reading(store, { name }).first())?.value;
}

const reading = template((db, { name }: { readonly name: string }) =>
  db.selectFrom('meta').select('value').where('name', '=', name),
);

/** The writes that note a fact. */
export function writeMeta(store: Store, name: string, value: string): Step[] {
  return [{ query: removing(store, { name }) }, { query: adding(store, { name, value }), changes: 'any' }];
}

const removing = template((db, { name }: { readonly name: string }) => db.deleteFrom('meta').where('name', '=', name));

const adding = template((db, row: MetaRow) => db.insertInto('meta').values(row));
