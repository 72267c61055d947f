import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasMysql } from '../helpers/stores.ts';
import type { RunningDaemon } from './daemon.ts';
import { type Gate, openGate } from './daemon-outage.ts';
import { forget, hasRedis, openSite, records, redisServer, type Site, until } from './daemon-two.ts';

describe.runIf(hasMysql && hasRedis)('two daemons whose Redis is taken away while schedules run', () => {
  let site: Site;
  let gate: Gate;
  let daemons: RunningDaemon[];
  beforeEach(async () => {
    [site, gate] = [
      await openSite({ speed: Number.POSITIVE_INFINITY, seed: { servers: 2 } }),
      await openGate(redisServer),
    ];
    daemons = await Promise.all(
      [1, 2].map(() => site.start(site.state(), { env: { CLOUDCTLD_REDIS: gate.url, CLOUDCTLD_LEASE: '1s' } })),
    );
    const body = { name: 'often', cron: '* * * * * *', servers: ['web-0001', 'web-0002'], keep_last: 2 };
    expect((await daemons[0]!.call('POST', '/cloudctl/v1/schedules', body)).status).toBe(201);
  });
  afterEach(async () => {
    await gate.close();
    await site.close();
  });

  /** Waits until something that has become due from now on is done. */
  const doneFrom = (now = Date.now()) =>
    until(
      'a backup that became due after this',
      async () => (await site.read("SELECT id FROM runs WHERE due > ? AND state = 'done'", [now])).length > 0,
      15_000,
    );
  const lines = (daemon: RunningDaemon, message: string) => records(daemon).filter(({ msg }) => msg === message).length;
  const outages = () => daemons.map(daemon => lines(daemon, 'redis does not answer: jobs are taken from the store'));

  it('lose no due time, work on, say so once, and use it again afterwards', { timeout: 90_000 }, async () => {
    await doneFrom();
    expect(await forget(await site.prefix())).toBeGreaterThan(0);
    await doneFrom();
    expect(outages()).toEqual([0, 0]);

    await gate.cut();
    await doneFrom();
    expect(outages()).toEqual([1, 1]);
    await forget(await site.prefix());
    await gate.open();
    await until('both are told that it is back', () =>
      daemons.every(daemon => lines(daemon, 'redis answers again') === 1),
    );
    await isUsed(await site.prefix());
    expect(outages()).toEqual([1, 1]);

    gate.hang();
    await doneFrom();
    // Nor does a Redis that hangs keep them from ending.
    const begun = Date.now();
    expect(await Promise.all(daemons.map(daemon => daemon.stop()))).toEqual([0, 0]);
    expect(Date.now() - begun).toBeLessThan(10_500);
    for (const count of outages()) expect(count).toBeLessThanOrEqual(2);

    const open = await site.read("SELECT unique_key, state FROM jobs WHERE state = 'dead'");
    expect(open).toEqual([]);
    const dues = (await site.read('SELECT DISTINCT due FROM runs ORDER BY due')).map(({ due }) => Number(due));
    // Each second of them all, but for a moment in which both looked elsewhere.
    const gaps = dues.slice(1).map((due, at) => due - dues[at]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4000);
    const bad = await site.read("SELECT state, reason FROM runs WHERE state NOT IN ('done', 'waiting', 'running')");
    expect(bad).toEqual([]);
  });
});

/** Waits until a message about a job has been carried. */
async function isUsed(prefix: string): Promise<void> {
  const redis = new Redis(redisServer);
  try {
    await until('a message is carried', async () => {
      const events = await redis.xrange(`${prefix}:jobs:events`, '-', '+');
      return events.some(([, fields]) => fields.includes('completed'));
    });
  } finally {
    redis.disconnect();
  }
}
