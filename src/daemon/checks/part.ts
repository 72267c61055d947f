import { hostname } from 'node:os';
import type { Part } from '../daemon-parts.ts';
import { startChecks } from './index.ts';
import { probeOf, targetOf } from './probe.ts';

/** The checks as a part of the daemon: measured, expected to show life, told of in the status. */
export const checksPart: Part = {
  name: 'checks',
  async start(tools, { configuration, endpoint, metrics, pulse, sources, report }) {
    const { db } = tools.store;
    const late = metrics.histogram(
      'cloudctl_check_late_seconds',
      'How late after its time a check began',
      [0.01, 0.05, 0.2, 0.5, 1, 5, 30],
    );
    const counts = async () => {
      const { count } = db.fn;
      const rows = await db
        .selectFrom('checks')
        .select(['state', 'paused', count('id').as('count')])
        .groupBy(['state', 'paused'])
        .execute();
      return rows.map(row => ({ state: row.paused === 1 ? 'paused' : row.state, count: Number(row.count) }));
    };
    metrics.gauge('cloudctl_checks', 'Checks by state', async () =>
      (await counts()).map(({ state, count }) => ({ labels: { state }, value: count })),
    );
    report('checks', async () => Object.fromEntries((await counts()).map(({ state, count }) => [state, count])));
    pulse.expect('checks', 60_000);
    const { values } = configuration;
    const neutral = values['neutral-targets'] ?? [targetOf(endpoint)];
    const stop = await startChecks(tools, {
      host: hostname(),
      worker: `${hostname()}:${process.pid}`,
      probe: probeOf(neutral),
      sources,
      isAlone: values.store === 'sqlite',
      onStart: ms => late.observe(Math.max(0, ms) / 1000),
    });
    return async () => {
      pulse.forget('checks');
      await stop();
    };
  },
};
