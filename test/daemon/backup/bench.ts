import type { Method } from '../../../src/core/api.ts';
import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { readNextDue } from '../../../src/daemon/backup/schedule.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { startProcess } from '../simulate/crash.ts';
import { type Daemon, type Parts, startDaemon } from '../simulate/daemon.ts';
import { type Driver, type Fate, openProject, type Project } from '../simulate/hetzner.ts';
import { nextJob } from '../simulate/next.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** A daemon, its store and a project, with a clock that only the test turns. */
export interface Bench {
  readonly store: Store;
  readonly project: Project;
  readonly clock: ReturnType<typeof fakeClock>;
  daemon: Daemon;
  /** Lets time pass, doing what is due at every moment when something is; at most `ms`. */
  pass(ms: number): Promise<void>;
  /** Another process on the same store. */
  restart(): Promise<void>;
  /** What becomes of the next calls that `test` is true of. */
  fate: (method: string, path: string) => Fate;
  imaging: Driver['imaging'];
  /** Called with every call that changes something, before it does. */
  inspect: (method: Method, path: string) => void | Promise<void>;
  readonly calls: string[];
}

export const nightly: ScheduleSpec = {
  servers: ['web-1'],
  exclude: [],
  cron: '0 3 * * *',
  zone: 'UTC',
  keep: { last: 2 },
  minKeep: 1,
  shutdown: false,
  window: 4 * hour,
  jitter: 0,
  grace: day,
};

export async function openBench(parts: Partial<Parts> = {}, at?: Parameters<typeof startProcess>[2]): Promise<Bench> {
  const store = parts.store ?? (await openSqlite(':memory:'));
  const clock = fakeClock(Date.parse('2026-11-23T00:00:00Z'), { auto: false });
  const project = openProject({
    now: clock.now,
    fate: (method, path) => {
      if (method !== 'GET') bench.calls.push(`${method} ${path}`);
      return bench.fate(method, path);
    },
    after() {},
    imaging: () => bench.imaging(),
    async inspect(method, path) {
      await bench.inspect(method, path);
    },
  });
  project.addServer('web-1');
  const start = async () => {
    const process = at ? startProcess(store, project, at) : { store, api: project };
    return startDaemon({ ...parts, store: process.store, hetzner: process.api, clock });
  };
  const bench: Bench = {
    store,
    project,
    clock,
    daemon: undefined as unknown as Daemon,
    fate: () => ({}),
    imaging: () => ({ takes: 60_000, end: 'good' }),
    inspect() {},
    calls: [],
    async restart() {
      bench.daemon = await start();
    },
    async pass(ms) {
      const end = clock.now() + ms;
      for (;;) {
        await bench.daemon.turn();
        const next = Math.min(await nextTime(store, clock.now()), end);
        if (clock.now() >= end) return;
        await clock.advance(Math.max(1, next - clock.now()));
      }
    },
  };
  await bench.restart();
  return bench;
}

/** When something is due next; what is due and could not be begun is tried again at the next tick. */
async function nextTime(store: Store, now: number): Promise<number> {
  const next = Math.min(await readNextDue(store), await nextJob(store));
  return next <= now ? now + 30_000 : next;
}

/** A schedule as `schedule create` leaves it. */
export async function addSchedule({ store, clock }: Pick<Bench, 'store' | 'clock'>, spec = nightly, name = 'nightly') {
  const now = clock.now();
  const row = {
    ...{ name, spec: JSON.stringify(spec), version: 1, paused: 0, next_due: Math.floor(now / day) * day + 3 * hour },
    ...{ last_due: null, next_verify: null, last_verify: null, approval_since: null, created: now, updated: now },
  };
  if (row.next_due <= now) row.next_due += day;
  await store.commit([{ query: store.db.insertInto('schedules').values(row) }]);
}
