import { join } from 'node:path';
import type { CheckTools } from '../../core/checks/tools.ts';
import type { Budget } from '../../core/hetzner/pace.ts';
import { openSamples } from '../../core/samples/open.ts';
import { readLatest, type Samples } from '../../core/samples/samples.ts';
import type { Service } from '../api/service.ts';
import type { Metrics } from '../http/metrics.ts';
import { holdLease } from '../lease.ts';
import type { Tools } from '../tools.ts';
import { createPoller, type Poller } from './poller.ts';
import { sampleService } from './service.ts';
import { stateServers } from './states.ts';

const hour = 3_600_000;

/** What the daemon measures of servers: where it is kept, how it is served, and what asks for it. */
export interface Measuring {
  readonly samples: Samples;
  readonly service: Service;
  /** What checks of metrics look at. */
  readonly latest: NonNullable<CheckTools['readLatest']>;
  readonly poller: Poller;
  /** Asks Hetzner from now on; resolves with what stops it. */
  start(metrics: Metrics, report: (name: string, read: () => Promise<unknown>) => void): () => Promise<void>;
}

/** Opens the samples in the state directory; nothing is asked before `start`. */
export async function openMeasuring(
  tools: Pick<Tools, 'store' | 'clock' | 'log' | 'hetzner' | 'random' | 'signal'>,
  { folder, budget }: { readonly folder: string; readonly budget: () => Budget | undefined },
): Promise<Measuring> {
  const { store, clock, log, hetzner, random, signal } = tools;
  const samples = await openSamples(join(folder, 'samples.db'), { log, clock });
  const me = Math.floor(random() * 2 ** 48).toString(36);
  const holds = () => holdLease(store, { name: 'metrics/poller', length: 60_000 }, me, clock.now());
  const poller = createPoller({ hetzner, samples, clock, log, budget, holds });

  async function turn(until: AbortSignal): Promise<void> {
    let pruned = clock.now();
    let judged = Number.NEGATIVE_INFINITY;
    while (!until.aborted) {
      const next = await poller.turn();
      if (clock.now() - pruned >= hour) {
        pruned = clock.now();
        prune();
      }
      const servers = poller.servers();
      if (servers && clock.now() - judged >= hour && (await holds().catch(() => false))) {
        judged = clock.now();
        await stateServers(store, servers, budget(), judged).catch(error =>
          log.error('states could not be written', { error }),
        );
      }
      await clock.sleep(next, until).catch(() => {});
    }
  }

  function prune(): void {
    try {
      const servers = poller.servers();
      samples.prune(servers && new Set(servers.map(({ id }) => id)));
    } catch (error) {
      log.error('samples could not be pruned', { error });
    }
  }

  return {
    samples,
    poller,
    latest: (server, metric, since) => readLatest(samples, server, metric, since),
    service: sampleService({ samples, servers: poller.servers, clock }),
    start(metrics, report) {
      const stopped = new AbortController();
      report('metrics', async () => poller.report());
      metrics.gauge('cloudctl_metrics_requests', 'Requests for metrics since the start', () => [
        { value: poller.report().requests },
      ]);
      metrics.gauge('cloudctl_metrics_lag_seconds', 'Age of the newest sample of the processor, by server', () =>
        (poller.servers() ?? []).flatMap(({ id, name }) => {
          const newest = samples.newest(id, 'cpu');
          return newest === undefined ? [] : [{ labels: { server: name }, value: (clock.now() - newest) / 1000 }];
        }),
      );
      const turning = turn(AbortSignal.any([signal, stopped.signal]));
      return async () => {
        stopped.abort();
        await turning;
      };
    },
  };
}
