import type { Api } from '../core/api.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Log } from '../core/log.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Store } from '../core/store/store.ts';
import type { LiveConfiguration } from './daemon-live.ts';
import type { DaemonWorld } from './daemon-world.ts';
import { runHook } from './service/hook.ts';
import type { Pulse } from './service/pulse.ts';
import type { Tools } from './tools.ts';

interface Made {
  readonly world: DaemonWorld;
  readonly live: LiveConfiguration;
  readonly store: Store;
  readonly queue: Queue;
  readonly audit: Audit;
  readonly log: Log;
  readonly hetzner: Api;
  readonly signal: AbortSignal;
  readonly pulse: Pulse;
}

/** The tools of the daemon's parts; limits and hooks are those of the newest good configuration. */
export function createTools({ world, live, store, queue, audit, log, hetzner, signal, pulse }: Made): Tools {
  return {
    store,
    queue,
    audit,
    log,
    hetzner,
    signal,
    clock: world.clock,
    random: world.random,
    settings: {
      get maxConcurrentImages() {
        return live.current().values['max-concurrent-images'];
      },
      get snapshotLimit() {
        return live.current().values['snapshot-limit'];
      },
      get hooks() {
        return Object.keys(live.current().hooks);
      },
    },
    hook: (name, variables) => runHook(live.current().hooks, name, variables, { env: world.env, signal }),
    beat: pulse.beat,
  };
}
