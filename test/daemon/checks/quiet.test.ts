import { createServer, type Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { listen } from '../../core/checks/look.ts';
import { openBench } from './bench.ts';

const minute = 60_000;

/** Servers of a project that the test can switch off one by one. */
function project(...names: string[]) {
  const off = new Set<string>();
  return { off, servers: () => names.map((name, id) => ({ id, name, status: off.has(name) ? 'off' : 'running' })) };
}

const stateOf = (server: string, more: object = {}) => ({ name: server, type: 'state', server, ...more });

describe('a check that depends on another one', () => {
  it('alerts nobody while that is down, and does when it is up again and this one is not', async () => {
    const { off, servers } = project('gateway', 'web');
    const { check, pass, conditions } = await openBench({ servers });
    await check('create', stateOf('gateway'));
    await check('create', stateOf('web', { parent: 'gateway' }));
    await pass(2 * minute);
    off.add('gateway').add('web');
    await pass(5 * minute);
    expect(await conditions()).toEqual(['+ check/1: gateway is down: gateway is off']);
    expect(await check('describe', {}, 2)).toMatchObject({ state: 'down', parent: 'gateway' });
    off.delete('gateway');
    await pass(3 * minute);
    expect((await conditions()).slice(1)).toEqual([
      '- check/1: gateway is up: running',
      '+ check/2: web is down: web is off',
    ]);
  });

  it('has the other one looked at first, so that it does not matter which fails first', async () => {
    const { off, servers } = project('gateway', 'web');
    const { check, pass, conditions, clock } = await openBench({ servers });
    await check('create', stateOf('gateway', { interval: 10 * minute }));
    await check('create', stateOf('web', { interval: 10_000, parent: 'gateway' }));
    await pass(minute);
    off.add('gateway').add('web');
    const begun = clock.now();
    await pass(minute);
    expect(clock.now() - begun).toBe(minute);
    expect(await conditions()).toEqual(['+ check/1: gateway is down: gateway is off']);
  });

  it('alerts when the other one is well', async () => {
    const { off, servers } = project('gateway', 'web');
    const { check, pass, conditions } = await openBench({ servers });
    await check('create', stateOf('gateway', { interval: 10 * minute }));
    await check('create', stateOf('web', { interval: 10_000, parent: 'gateway' }));
    await pass(minute);
    off.add('web');
    await pass(minute);
    expect(await conditions()).toEqual(['+ check/2: web is down: web is off']);
  });

  it('cannot depend on itself, over however many others', async () => {
    const { check } = await openBench();
    await check('create', stateOf('a'));
    await check('create', stateOf('b', { parent: 'a' }));
    await check('create', stateOf('c', { parent: 'b' }));
    await expect(check('update', { parent: 'c' }, 1)).rejects.toThrow('depends on this check itself');
    await expect(check('update', { parent: 'nobody' }, 1)).rejects.toThrow('there is no check nobody');
    expect(await check('update', { parent: '' }, 2)).toMatchObject({ parent: null });
    expect(await check('update', { parent: 'c' }, 1)).toMatchObject({ parent: 'c' });
  });
});

describe('maintenance', () => {
  it('alerts nobody, shows ahead, and what is still wrong after it is told then', async () => {
    const { off, servers } = project('web');
    const { check, ask, pass, conditions, clock } = await openBench({ servers });
    await check('create', stateOf('web', { label: { env: 'prod' } }));
    await pass(2 * minute);
    const start = new Date(clock.now() + 5 * minute).toISOString();
    const made = await ask('maintenance', 'create', {
      name: 'disks',
      label: { env: 'prod' },
      start,
      duration: 10 * minute,
    });
    expect(made).toMatchObject({ maintenance: { state: 'planned', next_start: start } });
    expect(await check('describe')).toMatchObject({ maintenance: { name: 'disks', from: start } });
    await pass(6 * minute);
    off.add('web');
    await pass(5 * minute);
    expect(await check('describe')).toMatchObject({ state: 'down' });
    expect(await conditions()).toEqual([]);
    await pass(6 * minute);
    expect(await conditions()).toEqual(['+ check/1: web is down: web is off']);
  });

  it('stays out of the uptime, also once it was deleted', async () => {
    const { off, servers } = project('web');
    const { check, ask, pass, clock } = await openBench({ servers });
    await check('create', stateOf('web', { interval: 10_000 }));
    await pass(10 * minute);
    await ask('maintenance', 'create', { name: 'disks', check: ['web'], duration: 60 * minute });
    off.add('web');
    await pass(20 * minute);
    await ask('maintenance', 'delete', {}, 1);
    off.delete('web');
    await pass(minute);
    off.add('web');
    await pass(5 * minute);
    off.delete('web');
    await pass(4 * minute);
    const [row] = (await ask('uptime', 'list', {})) as unknown as Record<string, number>[];
    const month = Date.UTC(2026, 11, 1) - Date.UTC(2026, 10, 1);
    const { up, down, unknown, maintenance, unwatched } = row!;
    expect(up! + down! + unknown! + maintenance! + unwatched!).toBe(month);
    expect(maintenance).toBe(20 * minute);
    expect(Math.abs(down! - 5 * minute)).toBeLessThan(minute / 2);
    expect(row).toMatchObject({ name: 'web', month: '2026-11', uptime: (up! / (up! + down!)) * 100 });
    expect(month - unwatched!).toBeLessThanOrEqual(clock.now() - Date.parse('2026-11-23'));
    await expect(ask('uptime', 'list', { month: '2026-13' })).rejects.toThrow('is not one such as 2026-11');
    await expect(ask('uptime', 'list', { check: 'nobody' })).rejects.toThrow('check not found');
    expect(await ask('uptime', 'list', { check: 'web', month: '2026-10' })).toMatchObject([{ uptime: null, up: 0 }]);
  });

  it('comes again and again in its zone', async () => {
    const { ask } = await openBench();
    const input = { name: 'patches', cron: '0 3 * * 0', duration: 120 * minute, zone: 'Europe/Berlin' };
    expect(await ask('maintenance', 'create', input)).toMatchObject({
      maintenance: { state: 'planned', next_start: '2026-11-29T02:00:00.000Z', next_end: '2026-11-29T04:00:00.000Z' },
    });
  });

  it.each([
    [{ duration: minute, check: ['nobody'] }, 'there is no check nobody'],
    [{}, 'either that or a duration'],
    [{ duration: minute, end: '2027-01-01' }, 'either that or a duration'],
    [{ end: '2020-01-01' }, 'is not after the start'],
    [{ cron: '0 3 * * *' }, 'duration'],
    [{ cron: '0 3 * * *', duration: minute, start: '2027-01-01' }, 'no start and no end'],
    [{ cron: 'often', duration: minute }, 'often'],
    [{ duration: minute, zone: 'Europe/Berlin' }, 'zone'],
    [{ name: '', duration: minute }, 'is no name'],
  ])('is refused for %j', async (input, message) => {
    const { ask } = await openBench();
    await expect(ask('maintenance', 'create', { name: 'x', ...input })).rejects.toThrow(message);
  });
});

describe('an outage', () => {
  async function sites(count: number) {
    const servers: Server[] = [];
    const made = [];
    for (let index = 0; index < count; index += 1) {
      const server = createServer((_, response) => response.end());
      servers.push(server);
      const url = `http://127.0.0.1:${await listen(server)}/`;
      made.push({ name: `site-${index}`, type: 'http', url, interval: 10_000, count: 2 });
    }
    const close = () => Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
    return { made, close };
  }

  it('of the own network is told once, and no check is taken for down', async () => {
    const { made, close } = await sites(4);
    let reached = true;
    const { check, pass, conditions, states } = await openBench({ probe: async () => reached });
    for (const one of made) await check('create', one);
    await pass(20_000);
    await close();
    reached = false;
    await pass(minute);
    expect(await conditions()).toEqual(['+ network/host: the network of host is lost: checks cannot be told']);
    expect((await states()).some(({ state }) => state === 'down')).toBe(false);
    expect(await check('describe')).toMatchObject({ state: 'unknown', message: expect.stringMatching('own network') });
    // The network is back, and what is still down is down indeed.
    reached = true;
    await pass(minute);
    const told = await conditions();
    expect(told[1]).toBe('- network/host: the network of host is back');
    expect(told.slice(2).sort()).toEqual(
      made.map(({ name }, index) => `+ check/${index + 1}: ${name} is down: the connection was refused`),
    );
  });

  it('is none when something neutral can be reached: then the checks are down', async () => {
    const { made, close } = await sites(3);
    const { check, pass, conditions } = await openBench({ probe: async () => true });
    for (const one of made) await check('create', one);
    await pass(20_000);
    await close();
    await pass(minute);
    expect((await conditions()).length).toBe(3);
  });

  it('is not suspected when a single site fails', async () => {
    const { made, close } = await sites(1);
    let probed = 0;
    const probe = async () => {
      probed += 1;
      return false;
    };
    const { check, pass, conditions } = await openBench({ probe });
    await check('create', made[0]!);
    await pass(20_000);
    await close();
    await pass(minute);
    expect(probed).toBe(0);
    expect(await conditions()).toEqual(['+ check/1: site-0 is down: the connection was refused']);
  });

  it('at Hetzner is told once after a minute, and what it says of servers is unknown meanwhile', async () => {
    let answers = true;
    const servers = () => {
      if (!answers) throw new Failure('unreachable', 'no connection');
      return ['a', 'b'].map((name, id) => ({ id, name, status: 'running' }));
    };
    const { check, pass, conditions } = await openBench({ servers });
    await check('create', stateOf('a'));
    await check('create', stateOf('b'));
    await pass(2 * minute);
    answers = false;
    await pass(5 * minute);
    expect(await conditions()).toEqual(['+ hetzner: Hetzner does not answer: no connection']);
    expect(await check('describe', {}, 2)).toMatchObject({ state: 'unknown' });
    answers = true;
    await pass(3 * minute);
    expect((await conditions()).slice(1)).toEqual(['- hetzner: Hetzner answers again']);
  });
});
