import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { alertService } from '../../../src/daemon/alerts/services/alert.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { openBench as openAlerts } from '../alerts/bench.ts';
import { openBench } from './bench.ts';

const minute = 60_000;

/** Checks and alerts of one store; the server that is watched is as `status` says. */
async function desk(server = { status: 'running' }) {
  const store = await openSqlite(':memory:');
  const clock = fakeClock(Date.parse('2026-11-23T00:00:00Z'), { auto: false });
  const checks = await openBench({ store, clock, servers: () => [{ id: 1, name: 'web-1', status: server.status }] });
  const alerts = await openAlerts({ store, clock });
  const list = async (...state: string[]) => {
    await alerts.turn();
    const shown = await alertService(alerts.tools).list!(alerts.ask({ input: state.length > 0 ? { state } : {} }));
    return shown as Record<string, unknown>[];
  };
  const types = async () => {
    await alerts.turn();
    const events = store.db.selectFrom('events').select('type').where('type', 'like', 'alert.%').orderBy('id');
    return (await events.execute()).map(({ type }) => type);
  };
  return { store, clock, checks, alerts, server, list, types };
}

const web = { name: 'web', type: 'state', server: 'web-1', for: 5 * minute, interval: minute };

describe('an alert whose time has not come', () => {
  it('is pending, with since when and when it will fire, and fires then', async () => {
    const { clock, checks, server, list, types } = await desk();
    await checks.check('create', web);
    await checks.pass(2 * minute);
    server.status = 'off';
    await checks.pass(2 * minute);
    const [one] = await list('pending');
    expect(one).toMatchObject({ key: 'check/1', state: 'pending', summary: 'web fails: web-1 is off', firings: 0 });
    const [since, fires] = [one!.pending_since, one!.fires].map(time => Date.parse(time as string));
    expect(fires! - since!).toBeGreaterThan(5 * minute - 2_000);
    expect(fires! - since!).toBeLessThan(5 * minute + 2_000);
    expect(await list()).toEqual([]);
    await checks.pass(fires! - clock.now() - 4_000);
    expect(await list('firing')).toEqual([]);
    await checks.pass(6_000);
    expect(await list('firing')).toMatchObject([{ state: 'firing', pending_since: null, fires: null, firings: 1 }]);
    expect(await list('pending')).toEqual([]);
    expect(await types()).toEqual(['alert.pending', 'alert.firing']);
  });

  it('is forgotten when it is right again before that, and nobody was told', async () => {
    const { checks, alerts, server, list, types, store } = await desk();
    await checks.check('create', web);
    server.status = 'off';
    await checks.pass(3 * minute);
    expect(await list('pending')).toHaveLength(1);
    server.status = 'running';
    await checks.pass(2 * minute);
    expect(await list('firing', 'pending', 'resolved')).toEqual([]);
    expect(await store.db.selectFrom('alerts').selectAll().execute()).toEqual([]);
    expect(await types()).toEqual(['alert.pending', 'alert.passed']);
    expect(await alerts.inbox()).toEqual([]);
  });

  it('is what it was before, where it has fired before', async () => {
    const { checks, server, list } = await desk();
    await checks.check('create', web);
    server.status = 'off';
    await checks.pass(8 * minute);
    server.status = 'running';
    await checks.pass(3 * minute);
    const before = await list('resolved');
    expect(before).toMatchObject([{ summary: 'web is up: running', firings: 1 }]);
    server.status = 'off';
    await checks.pass(2 * minute);
    expect(await list('resolved')).toEqual([]);
    expect(await list('pending')).toMatchObject([{ id: before[0]!.id, firings: 1, ended: before[0]!.ended }]);
    server.status = 'running';
    await checks.pass(2 * minute);
    expect(await list('resolved')).toEqual(before);
  });

  it('tells those who were told of it that it was over, whatever is suspected by then', async () => {
    const { checks, alerts, server } = await desk();
    await checks.check('create', { ...web, for: 2 * minute });
    server.status = 'off';
    await checks.pass(4 * minute);
    await alerts.turn();
    await checks.pass(minute);
    await alerts.turn();
    server.status = 'running';
    await checks.pass(minute + 10_000);
    server.status = 'off';
    for (let n = 0; n < 4; n += 1) {
      await checks.pass(30_000);
      await alerts.turn();
    }
    server.status = 'running';
    await checks.pass(6 * minute);
    await alerts.turn();
    expect((await alerts.inbox()).map(({ title }) => title)).toEqual([
      'FIRING: web is down: web-1 is off',
      'RESOLVED: web is up: running',
    ]);
  });

  it('stays so through a restart', async () => {
    const { store, clock, checks, server, list } = await desk();
    await checks.check('create', web);
    server.status = 'off';
    await checks.pass(2 * minute);
    const before = await list('pending');
    const again = await openAlerts({ store, clock });
    const shown = await alertService(again.tools).list!(again.ask({ input: { state: ['pending'] } }));
    expect([before.length, shown]).toEqual([1, before]);
    const next = await openBench({ store, clock, servers: () => [{ id: 1, name: 'web-1', status: 'off' }] });
    await next.pass(5 * minute);
    expect(await list('firing')).toHaveLength(1);
  });

  it('cannot be acknowledged, and ends when the check is paused or deleted', async () => {
    const { checks, alerts, server, list } = await desk();
    await checks.check('create', web);
    server.status = 'off';
    await checks.pass(2 * minute);
    const [one] = await list('pending');
    await expect(alerts.call(alertService(alerts.tools), 'ack', {}, one!.id as number)).rejects.toThrow(
      'has not begun to fire',
    );
    await checks.check('pause');
    expect(await list('pending')).toEqual([]);
    await checks.check('resume');
    await checks.pass(2 * minute);
    expect(await list('pending')).toHaveLength(1);
    await checks.check('delete');
    expect(await list('firing', 'pending', 'resolved')).toEqual([]);
  });

  it('is not there while it would be kept quiet', async () => {
    const { checks, server, list } = await desk();
    await checks.check('create', web);
    await checks.ask('maintenance', 'create', { name: 'kernel', check: ['web'], duration: 60 * minute });
    server.status = 'off';
    await checks.pass(3 * minute);
    expect(await list('firing', 'pending', 'resolved')).toEqual([]);
  });

  it('is none where one failure is enough', async () => {
    const { checks, server, list, types } = await desk();
    await checks.check('create', { ...web, for: 0 });
    server.status = 'off';
    await checks.pass(2 * minute);
    expect(await list()).toHaveLength(1);
    expect(await types()).toEqual(['alert.firing']);
  });
});
