import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Audit } from '../core/audit/audit.ts';
import { Failure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { Queue } from '../core/queue/queue.ts';
import { openSqlite } from '../core/store/sqlite.ts';
import type { Store } from '../core/store/store.ts';
import type { Clock } from '../core/world.ts';
import type { Configuration } from './config/configuration.ts';
import type { HttpEnvironment } from './http/environment.ts';
import type { Metrics } from './http/metrics.ts';
import type { Pulse } from './service/pulse.ts';
import type { Tools } from './tools.ts';

/** What is there before the store is. */
export interface Foundation {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** How a part makes itself known: what it measures, that it lives, what the status tells of it. */
export interface About {
  readonly metrics: Metrics;
  readonly pulse: Pulse;
  /** Adds to the status under the part's name; read at each asking. */
  readonly report: (name: string, read: () => Promise<unknown>) => void;
}

/** Something that goes on while the daemon runs; `start` resolves with what stops it, which lets what is under way finish. */
export interface Part {
  readonly name: string;
  start(tools: Tools, about: About): Promise<() => Promise<void>> | (() => Promise<void>);
}

/** The file of the store in the state directory. */
export function storeFile({ values }: Pick<Configuration, 'values'>): string {
  return join(values['state-directory'], 'cloudctl.db');
}

/** The store that the configuration names. */
export async function openStore({ configuration }: Foundation): Promise<Store> {
  if (configuration.values.store !== 'sqlite') throw new Failure('usage', 'store: MySQL is not supported yet');
  return openSqlite(storeFile(configuration));
}

/** The queue on that store. */
export async function openQueue(_foundation: Foundation, _store: Store): Promise<Queue> {
  return nothingQueued;
}

/** The log of changes on that store, with the key that its digests are made with. */
export async function openAudit(_foundation: Foundation, _store: Store, _key: Buffer): Promise<Audit> {
  return { commit: () => Promise.reject(absent('the audit log')) };
}

/** What is served besides the health. */
export function mountApi(_app: Hono<HttpEnvironment>, _tools: Tools): void {}

/** What runs besides serving, in the order of starting. */
export const parts: readonly Part[] = [];

const nothingQueued: Queue = {
  add: () => Promise.reject(absent('the queue')),
  adding: () => {
    throw absent('the queue');
  },
  wake() {},
  work: () => async () => {},
  drain: async () => 0,
  counts: async () => ({ waiting: 0, active: 0, failed: 0 }),
  close: async () => {},
};

function absent(what: string): Failure {
  return new Failure('unexpected', `${what} is not part of this build`);
}
