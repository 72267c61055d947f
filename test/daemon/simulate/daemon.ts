import { generateKeyPairSync } from 'node:crypto';
import type { Api } from '../../../src/core/api.ts';
import { openAudit } from '../../../src/core/audit/log.ts';
import type { Log } from '../../../src/core/log.ts';
import { openStoreQueue } from '../../../src/core/queue/store.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Clock } from '../../../src/core/world.ts';
import { type Backups, startBackups } from '../../../src/daemon/backup/index.ts';
import type { DaemonLimits, Tools } from '../../../src/daemon/tools.ts';
import { chance } from './random.ts';

/** A daemon without a process: what is due is done when it is asked to. */
export interface Daemon {
  readonly tools: Tools;
  readonly backups: Backups;
  /** Begins what is due and does all that can be done now; how many jobs. */
  turn(timer?: number): Promise<number>;
  /** Does all that can be done now, several jobs at a time. */
  drain(): Promise<number>;
}

/** What a daemon is made of here. */
export interface Parts {
  readonly store: Store;
  readonly hetzner: Api;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly settings?: Partial<DaemonLimits>;
  readonly hook?: Tools['hook'];
  readonly log?: Log;
  readonly worker?: string;
  /** Another daemon works on the store as well. */
  readonly shared?: boolean;
}

const { privateKey: key } = generateKeyPairSync('ed25519');

/** One for all, so that no two daemons draw the same. */
const dice = chance(1);

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts one on a store, as the only one that works on it. */
export async function startDaemon(parts: Parts): Promise<Daemon> {
  const { store, clock, hetzner, random = dice.next, log = silent, worker = 'test' } = parts;
  const { signal } = new AbortController();
  const queue = await openStoreQueue({ store, clock, random, worker, log, signal, takeOver: !parts.shared });
  const settings = { maxConcurrentImages: 10, hooks: [], ...parts.settings };
  const hook = parts.hook ?? (async () => {});
  const audit = openAudit({ store, clock, key });
  const tools: Tools = { store, queue, audit, clock, log, hetzner, random, signal, settings, hook };
  const backups = startBackups(tools, { loop: false });
  return {
    tools,
    backups,
    async turn(timer) {
      await backups.tick(timer ?? clock.now());
      return queue.drain(backups.handlers);
    },
    drain: () => queue.drain(backups.handlers, { concurrency: 4 }),
  };
}
