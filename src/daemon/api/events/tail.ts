import { toFailure } from '../../../core/failure.ts';
import type { Tools } from '../../tools.ts';

/** Follows the table of events: tells up to which id every event is there, so that none can come before one that was told. */
export interface Tail {
  /** Follows until the function it gives is called; resolves when it is known what there is. */
  join(): Promise<() => void>;
  /** Every event up to this id is there for good, or never will be. */
  settled(): number;
  /** Resolves when `settled` is more than that, or the signal comes. */
  beyond(id: number, signal: AbortSignal): Promise<void>;
}

/** Milliseconds between two looks while somebody listens. */
const interval = 250;
/** Milliseconds that an id may be taken before its row is in the table, at the very most. */
const settling = 500;
const lookBack = 1000;
const atOnce = 1000;

/** A tail of the store's events. SQLite gives ids in the order of commits. MySQL gives them before: an id that is missing may belong to a commit under way, which a lock on the row tells. */
export function createTail({ store, clock, log, signal }: Pick<Tools, 'store' | 'clock' | 'log' | 'signal'>): Tail {
  const { db } = store;
  const gaps = new Map<number, number>();
  const watchers = new Set<() => void>();
  let listeners = 0;
  let settled = 0;
  let begun: Promise<void> | undefined;
  let idle = new AbortController();

  async function newest(): Promise<number> {
    const row = await db.selectFrom('events').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
    return row?.id ?? 0;
  }

  /** False while the ids from `first` to before `end` may still come. */
  async function isClosed(first: number, end: number): Promise<boolean> {
    if (store.dialect === 'sqlite') return true;
    const seen = gaps.get(first) ?? clock.now();
    gaps.set(first, seen);
    if (clock.now() - seen < settling) return false;
    const range = db.selectFrom('events').select('id').where('id', '>=', first).where('id', '<', end);
    // Refused where a commit holds one of the rows; a row that shows has just come, and is read the next time.
    const rows = await range
      .limit(1)
      .forUpdate()
      .noWait()
      .execute()
      .catch(() => undefined);
    return rows?.length === 0;
  }

  async function advance(): Promise<void> {
    const before = settled;
    const rows = await db
      .selectFrom('events')
      .select('id')
      .where('id', '>', settled)
      .orderBy('id')
      .limit(atOnce)
      .execute();
    for (const { id } of rows) {
      if (id > settled + 1 && !(await isClosed(settled + 1, id))) break;
      gaps.delete(settled + 1);
      settled = id;
    }
    if (settled > before) for (const wake of [...watchers]) wake();
  }

  async function begin(): Promise<void> {
    const end = await newest();
    settled = Math.max(settled, end - lookBack, 0);
    while (settled < end && !signal.aborted) {
      await advance();
      if (settled < end) await clock.sleep(interval, signal);
    }
  }

  async function follow(stop: AbortSignal): Promise<void> {
    const end = AbortSignal.any([stop, signal]);
    while (!end.aborted) {
      await advance().catch(error => log.warn('events cannot be read', { error: toFailure(error).message }));
      await clock.sleep(interval, end).catch(() => {});
    }
  }

  return {
    async join() {
      listeners += 1;
      const leave = () => {
        listeners -= 1;
        if (listeners > 0) return;
        idle.abort();
        begun = undefined;
      };
      if (!begun) {
        idle = new AbortController();
        const { signal: stop } = idle;
        begun = begin();
        begun.then(
          () => void follow(stop),
          () => {},
        );
      }
      try {
        await begun;
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    settled: () => settled,
    beyond: (id, end) =>
      new Promise(resolve => {
        if (settled > id || end.aborted) return resolve();
        const wake = () => {
          if (settled <= id && !end.aborted) return;
          watchers.delete(wake);
          end.removeEventListener('abort', wake);
          resolve();
        };
        watchers.add(wake);
        end.addEventListener('abort', wake);
      }),
  };
}
