import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { day, hour, minute } from '../../../src/core/samples/levels.ts';
import { openFleet } from './fake-hetzner.ts';

const settled = 10 * minute;

describe('metrics of servers', () => {
  it('have no gap after the daemon was off for 20 hours: every sample is there once', async () => {
    const fleet = await openFleet(3);
    const begin = fleet.clock.now();
    await fleet.run(2 * hour);
    await fleet.clock.advance(20 * hour);
    fleet.restart();
    await fleet.run(hour);
    for (const id of fleet.servers.keys()) {
      expect(fleet.missing(id, begin, fleet.clock.now() - settled)).toEqual([]);
    }
    expect(fleet.refused).toEqual([]);
    expect(fleet.poller.report()).toMatchObject({ behind: 0, paused: null });
  });

  it('of 100 servers for a day, all of them, take less than 1,500 requests an hour', async () => {
    const fleet = await openFleet(100);
    const begin = fleet.clock.now();
    let most = 0;
    for (let passed = 0; passed < day; passed += hour) {
      const before = fleet.poller.report().requests;
      await fleet.run(hour);
      most = Math.max(most, fleet.poller.report().requests - before);
    }
    expect(most).toBeLessThan(1500);
    for (const id of [1, 50, 100]) expect(fleet.missing(id, begin, fleet.clock.now() - settled)).toEqual([]);
    const lags = [...fleet.servers.keys()].map(id => fleet.clock.now() - fleet.samples.newest(id, 'cpu')!);
    expect(Math.max(...lags)).toBeLessThan(9 * minute);
  }, 30_000);

  it('are the newest first, and the month before after that', async () => {
    const fleet = await openFleet(1);
    fleet.servers.get(1)!.created = 0;
    const begin = fleet.clock.now();
    await fleet.run(20_000);
    expect(fleet.missing(1, begin - 8 * hour, begin - 2 * minute)).toEqual([]);
    expect(fleet.poller.report().behind).toBe(1);
    await fleet.run(hour);
    expect(fleet.missing(1, begin - 29 * day, fleet.clock.now() - settled)).toEqual([]);
    expect(fleet.poller.report().behind).toBe(0);
  });

  it('that Hetzner has late are in the store too', async () => {
    const fleet = await openFleet(1);
    const begin = fleet.clock.now();
    fleet.late = 45 * minute;
    await fleet.run(3 * hour);
    expect(fleet.missing(1, begin, fleet.clock.now() - hour)).toEqual([]);
  });

  it('are of servers that come, and no more of those that go', async () => {
    const fleet = await openFleet(1);
    await fleet.run(10 * minute);
    fleet.servers.set(2, { id: 2, created: fleet.clock.now() });
    fleet.servers.delete(1);
    const since = fleet.clock.now();
    await fleet.run(20 * minute);
    expect(fleet.missing(2, since, fleet.clock.now() - settled)).toEqual([]);
    expect(fleet.poller.servers()?.map(({ id }) => id)).toEqual([2]);
    expect(fleet.poller.report().paused).toBeNull();
  });

  it.each([
    ['answers 429', new Failure('limited', 'limit of 3600 requests per hour reached')],
    ['answers 500', new Failure('unreachable', 'the API is failing')],
    ['cuts its answer off', new Failure('unreachable', 'the answer is cut off')],
    ['answers with something else', { metrics: { time_series: [1] } }],
    ['answers with nothing', null],
  ])('are whole although Hetzner %s for a while', async (_, fate) => {
    const fleet = await openFleet(2);
    const begin = fleet.clock.now();
    await fleet.run(5 * minute);
    fleet.fate = () => fate;
    await fleet.run(2 * hour);
    expect(fleet.poller.report().paused).not.toBeNull();
    expect(fleet.poller.report().requests).toBeLessThan(400);
    fleet.fate = () => undefined;
    await fleet.run(hour);
    for (const id of [1, 2]) expect(fleet.missing(id, begin, fleet.clock.now() - settled)).toEqual([]);
    expect(fleet.poller.report().paused).toBeNull();
    expect(fleet.logged).toContain('metrics go on {}');
  });

  it('wait while the disk is full, and say so', async () => {
    const fleet = await openFleet(1);
    const begin = fleet.clock.now();
    const full = new Failure('unreachable', 'samples.db: no space is left on the disk');
    fleet.fate = what => (what === 'write' ? full : undefined);
    await fleet.run(hour);
    expect(fleet.poller.report().paused).toBe(full.message);
    fleet.fate = () => undefined;
    await fleet.run(hour);
    expect(fleet.missing(1, begin, fleet.clock.now() - settled)).toEqual([]);
  });

  it('leave the last quarter of the requests to backups and people', async () => {
    const fleet = await openFleet(1);
    fleet.budget = { limit: 3600, left: 500, at: fleet.clock.now(), next: 0 };
    await fleet.run(5 * minute);
    expect([fleet.requests, fleet.lists]).toEqual([0, 0]);
    expect(fleet.poller.report().paused).toMatch('few requests');
    await fleet.run(5 * minute);
    expect(fleet.requests).toBeGreaterThan(0);
  });

  it('are asked for by one daemon of several', async () => {
    const fleet = await openFleet(1);
    fleet.holds = async () => false;
    await fleet.run(hour);
    expect([fleet.requests, fleet.lists]).toEqual([0, 0]);
    expect(fleet.poller.report().paused).toBe('another daemon asks');
  });
});
