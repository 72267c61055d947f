import type { DaemonStatus } from '../core/daemon-status.ts';
import { Failure } from '../core/failure.ts';
import { migrations } from '../core/store/migrate.ts';
import type { Store } from '../core/store/store.ts';
import { version } from '../core/version.ts';
import type { Clock } from '../core/world.ts';
import type { LiveConfiguration } from './daemon-live.ts';
import type { DaemonWorld } from './daemon-world.ts';
import { readFrozen } from './frozen.ts';
import { writeHeartbeat } from './service/heartbeat.ts';
import type { UpstreamWatch } from './service/upstream-watch.ts';

interface Sources {
  readonly world: DaemonWorld;
  readonly live: LiveConfiguration;
  readonly store: Store;
  readonly upstream: Pick<UpstreamWatch, 'report'>;
  readonly endpoint: string;
  readonly address: () => string | undefined;
}

/** What the daemon tells of itself. */
export interface Reports {
  status(): Promise<DaemonStatus>;
  /** Adds a part's own report. */
  add(name: string, read: () => Promise<unknown>): void;
  /** Why the last reload was refused, undefined when it was not. */
  fault(): string | undefined;
  /** Notes that the configuration has been read again, and what was wrong with it. */
  setFault(message: string | undefined): void;
}

// Whoever asks for the status all the time shall not wear out the disk.
const proofLasts = 1_000;
/** Who asks whether the daemon is ready wants to know it before the store has been given up. */
const patience = 3_000;

/** Reports of a daemon that starts now. */
export function createReports({ world, live, store, upstream, endpoint, address }: Sources): Reports {
  const { clock, pid } = world;
  const started = clock.now();
  const parts = new Map<string, () => Promise<unknown>>();
  let fault: string | undefined;
  let read = started;
  let proof: { readonly at: number; readonly error: string | null } | undefined;

  async function prove(): Promise<string | null> {
    const now = clock.now();
    if (!proof || now - proof.at > proofLasts || now < proof.at)
      proof = { at: now, error: await errorOf(() => inTime(clock, writeHeartbeat(store, now))) };
    return proof.error;
  }

  return {
    add: (name, read) => void parts.set(name, read),
    fault: () => fault,
    setFault: message => {
      fault = message;
      read = clock.now();
    },
    async status() {
      const { file, values } = live.current();
      // All at once: where the store hangs each of them waits for it.
      const asked = [...parts].map(async ([name, read]) => [name, await inTime(clock, read()).catch(() => null)]);
      const freezing = inTime(clock, readFrozen({ store }));
      freezing.catch(() => {});
      // A proof may be a moment old: what is asked now has to be answered too.
      const error = (await prove()) ?? (await errorOf(async () => void (await freezing)));
      return {
        ready: error === null,
        version,
        pid,
        started: new Date(started).toISOString(),
        uptime_seconds: Math.floor((clock.now() - started) / 1000),
        socket: values.socket,
        listen: address() ?? null,
        store: { kind: store.dialect, writable: error === null, migration: migrations.length, error },
        hetzner: { ...upstream.report(), endpoint },
        configuration: {
          file: file ?? null,
          read: new Date(read).toISOString(),
          error: fault ?? null,
          restart_needed_for: live.waiting(),
        },
        frozen: error === null ? ((await freezing) ?? null) : null,
        parts: Object.fromEntries(await Promise.all(asked)),
      };
    },
  };
}

async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late: Promise<never> = clock.sleep(patience, done.signal).then(() => {
    throw new Failure('unreachable', `the store does not answer within ${patience / 1000} s`);
  });
  // Whichever comes second is of no interest.
  work.catch(() => {});
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

async function errorOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
