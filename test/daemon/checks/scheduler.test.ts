import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { releasingAll } from '../../../src/daemon/checks/claim.ts';
import { listen } from '../../core/checks/look.ts';
import { stores } from '../../helpers/stores.ts';
import { openBench } from './bench.ts';

const minute = 60_000;
const hour = 60 * minute;
const web = { name: 'web', type: 'state', server: 'web-1' };

/** A project of one server, which the test can switch off or have unanswered. */
function project() {
  const now = { status: 'running' as string | undefined };
  const servers = () => {
    if (now.status === undefined) throw new Failure('unreachable', 'no connection');
    return [{ id: 1, name: 'web-1', status: now.status }];
  };
  return { now, servers };
}

describe('the scheduler', () => {
  it('looks at once at what was just made, and then at its own moment of each interval', async () => {
    const { servers } = project();
    const { check, pass, row, clock, late } = await openBench({ servers });
    await check('create', web);
    await pass(2000);
    expect(await check('describe')).toMatchObject({ state: 'up', outcome: 'up', message: 'running' });
    const { next_due } = await row();
    expect(next_due - clock.now()).toBeLessThanOrEqual(minute);
    await pass(10 * minute);
    expect(late.length).toBe(11);
    expect(Math.max(...late)).toBeLessThan(2000);
    expect(((await row()).next_due - next_due) % minute).toBe(0);
  });

  it('writes the change of state, the event and the condition, each once', async () => {
    const { now, servers } = project();
    const bench = await openBench({ servers });
    await bench.check('create', { ...web, label: { env: 'prod' } });
    await bench.pass(2 * minute);
    expect(await bench.conditions()).toEqual([]);
    now.status = 'off';
    await bench.pass(3 * minute);
    now.status = 'running';
    await bench.pass(3 * minute);
    expect(await bench.conditions()).toEqual(['+ check/1: web is down: web-1 is off', '- check/1: web is up: running']);
    const states = await bench.states();
    expect(states.map(({ state }) => state)).toEqual(['up', 'down', 'up']);
    expect(states[0]!.ended).toBe(states[1]!.begun);
    expect(states[1]!.ended).toBe(states[2]!.begun);
    expect(states[2]!.ended).toBeNull();
    const { db } = bench.store;
    const condition = await db.selectFrom('conditions').selectAll().limit(1).executeTakeFirstOrThrow();
    expect(JSON.parse(condition.labels)).toEqual({
      server: 'web-1',
      env: 'prod',
      check: 'web',
      kind: 'state',
      topic: 'down',
    });
    const events = await db.selectFrom('events').select('type').where('type', 'like', 'check.%').execute();
    expect(events.map(({ type }) => type)).toEqual(['check.changed', 'check.up', 'check.down', 'check.up']);
    expect(await bench.check('describe')).toMatchObject({
      history: [{ state: 'up', to: null }, { state: 'down', reason: 'web-1 is off' }, { state: 'up' }],
    });
  });

  it('keeps only the newest results of a check', async () => {
    const { servers } = project();
    const { check, pass } = await openBench({ servers });
    await check('create', { ...web, interval: 10_000 });
    await pass(15 * minute);
    const { results } = (await check('describe')) as { results: { at: string }[] };
    expect(results.length).toBe(60);
    expect(results[0]!.at > results[59]!.at).toBe(true);
  });

  it('looks over the network, and is down only after three times', async () => {
    let status = 200;
    const port = await listen(createServer((_, response) => response.writeHead(status).end()));
    const { check, pass, conditions } = await openBench();
    await check('create', { name: 'site', type: 'http', url: `http://127.0.0.1:${port}/`, interval: 10_000 });
    await pass(10_000);
    expect(await check('describe')).toMatchObject({ state: 'up', timings: { total: expect.any(Number) } });
    status = 500;
    await pass(14_000);
    expect(await check('describe')).toMatchObject({ state: 'up', outcome: 'down' });
    await pass(20_000);
    expect(await check('describe')).toMatchObject({ state: 'down' });
    expect(await conditions()).toEqual(['+ check/1: site is down: status 500']);
  });

  it('does not count what a check came to that was changed, paused or deleted meanwhile', async () => {
    const { now, servers } = project();
    const { check, scheduler, clock, row, conditions, ask } = await openBench({ servers });
    await check('create', web);
    now.status = 'off';
    await scheduler.turn();
    await check('update', { expect: 'off' });
    await clock.advance(2000);
    await scheduler.drain();
    expect(await row()).toMatchObject({ state: 'new', checked: null });
    await scheduler.turn();
    await check('pause');
    await clock.advance(2000);
    await scheduler.drain();
    expect(await row()).toMatchObject({ state: 'new', checked: null, paused: 1 });
    await check('resume');
    await scheduler.turn();
    await ask('check', 'delete', {}, 1);
    await clock.advance(2000);
    await scheduler.drain();
    expect(await conditions()).toEqual([]);
  });

  it('ends what is told of a check that is paused or deleted', async () => {
    const { now, servers } = project();
    const { check, pass, conditions, states, ask } = await openBench({ servers });
    now.status = 'off';
    await check('create', web);
    await pass(minute);
    await check('pause');
    await pass(2 * minute);
    expect(await conditions()).toEqual(['+ check/1: web is down: web-1 is off', '- check/1: web is up: it is paused']);
    expect((await states()).every(({ ended }) => ended !== null)).toBe(true);
    await check('resume');
    await pass(minute);
    await ask('check', 'delete', {}, 1);
    expect((await conditions()).at(-1)).toBe('- check/1: web is up: it was deleted');
    expect(await states()).toEqual([]);
  });

  it('begins anew what a daemon that is gone has left, and what waits for times far off', async () => {
    const { servers } = project();
    const { check, pass, row, store, scheduler, clock } = await openBench({ servers });
    await check('create', web);
    await scheduler.turn();
    expect((await row()).claim).not.toBe('');
    await store.commit([releasingAll(store)]);
    expect(await row()).toMatchObject({ claim: '', lease_until: 0 });
    await pass(2000);
    await clock.advance(-5 * hour);
    await pass(2 * minute);
    expect((await row()).next_due).toBeLessThan(clock.now() + 2 * minute);
  });

  it('tries again to write what could not be written', async () => {
    const { servers } = project();
    const { check, scheduler, clock, row, store } = await openBench({ servers });
    await check('create', web);
    await scheduler.turn();
    await clock.advance(2000);
    await new Promise(setImmediate);
    const commit = store.commit.bind(store);
    Object.assign(store, { commit: () => Promise.reject(new Failure('unreachable', 'disk')) });
    await expect(scheduler.turn()).rejects.toThrow('disk');
    Object.assign(store, { commit });
    await scheduler.turn();
    expect(await row()).toMatchObject({ state: 'up' });
  });
});

describe.each(stores)('two daemons on $name', ({ open }) => {
  it('run each check once', async () => {
    const store = await open();
    try {
      const { servers } = project();
      const first = await openBench({ store, servers, worker: 'a' });
      const second = await openBench({ store: await store.another(), clock: first.clock, servers, worker: 'b' });
      for (let number = 0; number < 20; number += 1) await first.check('create', { ...web, name: `web-${number}` });
      for (let step = 0; step < 40; step += 1) {
        await Promise.all([first.scheduler.turn(), second.scheduler.turn()]);
        await first.clock.advance(2000);
        await Promise.all([first.scheduler.drain(), second.scheduler.drain()]);
      }
      const rows = await store.db.selectFrom('checks').select(['status', 'state']).execute();
      expect(rows.every(({ state }) => state === 'up')).toBe(true);
      const runs = rows.reduce((sum, { status }) => sum + JSON.parse(status).recent.length, 0);
      expect(first.late.length + second.late.length).toBe(runs);
      expect(first.logged.concat(second.logged)).toEqual([]);
      const states = await store.db.selectFrom('states').selectAll().execute();
      expect(states).toHaveLength(20);
    } finally {
      await store.close();
    }
  });

  it('take over what the other one holds for too long', async () => {
    const store = await open();
    try {
      const { servers } = project();
      const first = await openBench({ store, servers, worker: 'a' });
      const second = await openBench({ store: await store.another(), clock: first.clock, servers, worker: 'b' });
      await first.check('create', web);
      await first.scheduler.turn();
      await second.pass(20_000);
      expect(second.late).toEqual([]);
      await second.pass(20_000);
      expect(second.late).toHaveLength(1);
      expect((await store.db.selectFrom('states').selectAll().execute()).length).toBe(1);
    } finally {
      await store.close();
    }
  });
});
