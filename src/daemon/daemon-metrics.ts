import type { UpstreamReport } from '../core/daemon-status.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Store } from '../core/store/store.ts';
import { version } from '../core/version.ts';
import type { Clock } from '../core/world.ts';
import type { Metrics } from './http/metrics.ts';

/** The measures of the process itself; `stop` ends the looking for delays. */
export function measureProcess(
  metrics: Metrics,
  clock: Pick<Clock, 'now'>,
  upstream: () => UpstreamReport,
): { stop(): void } {
  const started = clock.now();
  const period = 1_000;
  let last = performance.now();
  let lag = 0;
  const timer = setInterval(() => {
    lag = Math.max(0, performance.now() - last - period);
    last = performance.now();
  }, period);
  timer.unref();
  metrics.gauge('cloudctl_build_info', 'Version of the daemon and of Node', () => [
    { labels: { version, node: process.version }, value: 1 },
  ]);
  metrics.gauge('cloudctl_uptime_seconds', 'Time since the start', () => [{ value: (clock.now() - started) / 1000 }]);
  metrics.gauge('cloudctl_resident_memory_bytes', 'Memory of the process', () => [
    { value: process.memoryUsage.rss() },
  ]);
  metrics.gauge('cloudctl_cpu_seconds', 'Processor time used', () => [
    { value: (process.cpuUsage().user + process.cpuUsage().system) / 1e6 },
  ]);
  metrics.gauge('cloudctl_event_loop_lag_seconds', 'How late the last tick of a second was', () => [
    { value: lag / 1000 },
  ]);
  metrics.gauge('cloudctl_hetzner_state', 'What the token is good for: 1 for the state that holds', () => [
    { labels: { state: upstream().state }, value: 1 },
  ]);
  return { stop: () => clearInterval(timer) };
}

/** Jobs by state. */
export function measureQueue(metrics: Metrics, queue: Pick<Queue, 'counts'>): void {
  metrics.gauge('cloudctl_jobs', 'Jobs by state', async () =>
    Object.entries(await queue.counts()).map(([state, value]) => ({ labels: { state }, value })),
  );
}

/** The same store, its commits measured. */
export function measureStore(metrics: Metrics, store: Store): Store {
  const seconds = metrics.histogram(
    'cloudctl_store_commit_seconds',
    'Time of a durable write',
    [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  );
  return {
    dialect: store.dialect,
    db: store.db,
    async commit(steps) {
      const begun = performance.now();
      try {
        return await store.commit(steps);
      } finally {
        seconds.observe((performance.now() - begun) / 1000);
      }
    },
    copy: file => store.copy(file),
    check: () => store.check(),
    close: () => store.close(),
  };
}
