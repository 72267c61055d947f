import { describe, expect, it } from 'vitest';
import { type Condition, stating } from '../../../src/core/alerts/condition.ts';
import type { Message } from '../../../src/core/notify/message.ts';
import { alertService } from '../../../src/daemon/alerts/services/alert.ts';
import { inboxService } from '../../../src/daemon/alerts/services/inbox.ts';
import { routeService } from '../../../src/daemon/alerts/services/route.ts';
import { silenceService } from '../../../src/daemon/alerts/services/silence.ts';
import { openReceiver } from '../../helpers/receiver.ts';
import { run } from '../../helpers/run.ts';
import { type BackEnd, stores } from '../../helpers/stores.ts';
import { listenOnSocket, openApi } from '../api/served.ts';
import { type Bench, openBenchOn, type Row } from './bench.ts';

const [minute, hour] = [60_000, 3_600_000];

async function state(bench: Bench, key: string, firing: boolean, more: Partial<Condition> = {}): Promise<void> {
  const labels = { check: key, server: 'web-1', ...more.labels };
  const one: Condition = {
    key,
    at: bench.clock.now(),
    firing,
    severity: 'critical',
    summary: `${key} is bad`,
    ...more,
    labels,
  };
  await bench.store.commit([stating(bench.store, one)]);
}

async function openAlertsOn(back: BackEnd, input: Record<string, unknown> = {}) {
  const receiver = await openReceiver();
  const bench = await openBenchOn(back);
  await bench.addChannel('hook', 'webhook', { url: receiver.url });
  const routes = routeService(bench.tools);
  if (input) await bench.call(routes, 'create', { name: 'all', channel: ['hook'], ...input });
  const told = () =>
    receiver.received.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { title: string } };
      return `${type}: ${data.title}`;
    });
  return { bench, receiver, told, routes, alerts: alertService(bench.tools) };
}

describe.each(stores)('alerts on $name', { timeout: 120_000 }, back => {
  const openAlerts = (input?: Record<string, unknown>) => openAlertsOn(back, input);
  const many = back.name === 'MySQL' ? 2_000 : 10_000;

  it('are told after the wait of their group, together, and when they are over', async () => {
    const { bench, told } = await openAlerts();
    await state(bench, 'a', true);
    await bench.pass(10_000);
    await state(bench, 'b', true);
    await bench.pass(19_000);
    expect(told()).toEqual([]);
    await bench.pass(1_000);
    expect(told()).toEqual(['alert.firing: 2 firing: a is bad, ...']);
    await state(bench, 'a', false);
    await bench.pass(5 * minute);
    expect(told().at(-1)).toBe('alert.firing: 1 firing, 1 resolved: b is bad, ...');
    await state(bench, 'b', false);
    await bench.pass(5 * minute);
    expect(told().at(-1)).toBe('alert.resolved: RESOLVED: b is bad');
    expect(told()).toHaveLength(3);
    expect(await bench.store.db.selectFrom('alert_groups').selectAll().execute()).toEqual([]);
    await bench.pass(24 * hour);
    expect(told()).toHaveLength(3);
  });

  it('are told again after four hours until somebody has acknowledged them', async () => {
    const { bench, told, alerts } = await openAlerts();
    await state(bench, 'a', true);
    await bench.pass(9 * hour);
    expect(told()).toHaveLength(3);
    const [row] = (await alerts.list!(bench.ask({}))) as Row[];
    expect((await bench.call(alerts, 'ack', { reason: 'mine' }, row!.id)).alert).toMatchObject({
      acknowledged_by: 'anna',
    });
    await bench.pass(24 * hour);
    expect(told()).toHaveLength(3);
    await state(bench, 'a', false);
    await bench.pass(10 * minute);
    expect(told().at(-1)).toContain('RESOLVED');
    await state(bench, 'a', true);
    await bench.pass(minute);
    expect((await bench.call(alerts, 'describe', {}, row!.id)).alert).toMatchObject({
      acknowledged_by: null,
      firings: 2,
    });
    expect(told().at(-1)).toContain('FIRING');
  });

  it('that are over before anybody was told are told to nobody', async () => {
    const { bench, told } = await openAlerts();
    await state(bench, 'a', true);
    await bench.pass(5_000);
    await state(bench, 'a', false);
    await bench.pass(hour);
    expect(told()).toEqual([]);
  });

  it('go to others too when nobody acknowledges them, who hear of their end as well', async () => {
    const boss = await openReceiver();
    const { bench, told, routes } = await openAlerts();
    await bench.addChannel('boss', 'webhook', { url: boss.url });
    await bench.call(routes, 'update', { 'escalate-after': 15 * minute, 'escalate-to': ['boss'] }, 1);
    await state(bench, 'a', true);
    await bench.pass(15 * minute);
    expect(boss.received).toEqual([]);
    await bench.pass(minute);
    expect(boss.received.map(({ body }) => JSON.parse(body).data.title)).toEqual([
      'Not acknowledged for 15 min: FIRING: a is bad',
    ]);
    await state(bench, 'a', false);
    await bench.pass(10 * minute);
    expect(JSON.parse(boss.received.at(-1)!.body).type).toBe('alert.resolved');
    expect(told()).toHaveLength(2);
  });

  it('are silent while a silence holds, by name or by labels, and are told when it ends', async () => {
    const { bench, told, alerts } = await openAlerts();
    const silences = silenceService(bench.tools);
    const { silence } = await bench.call(silences, 'create', { match: ['server~web-.*'], for: hour, reason: 'work' });
    expect(silence).toMatchObject({ author: 'anna', state: 'active' });
    await state(bench, 'a', true);
    await bench.pass(59 * minute);
    expect(told()).toEqual([]);
    await bench.pass(7 * minute);
    expect(told()).toEqual(['alert.firing: FIRING: a is bad']);
    await bench.call(alerts, 'silence', { for: 24 * hour, reason: 'known' }, 1);
    await bench.pass(12 * hour);
    expect(told()).toHaveLength(1);
    await bench.call(alerts, 'unsilence', {}, 1);
    await bench.pass(10 * minute);
    expect(told()).toHaveLength(2);
  });

  it('are not told while another one explains them, nor at times that are muted', async () => {
    const { bench, told, routes } = await openAlerts({
      'inhibited-by': ['check=host'],
      equal: ['server'],
      'group-by': ['check'],
    });
    await state(bench, 'host', true);
    await state(bench, 'a', true);
    await bench.pass(hour);
    expect(told()).toEqual(['alert.firing: FIRING: host is bad']);
    await bench.call(routes, 'update', { 'inhibited-by': [''], equal: [''], mute: ['11:00-13:00'] }, 1);
    await bench.pass(hour - minute);
    expect(told()).toHaveLength(1);
    await bench.pass(hour + 3 * minute);
    expect(told()).toContain('alert.firing: FIRING: a is bad');
  });

  it('go to the inbox where no route takes them, and by a new route where one is made', async () => {
    const { bench, told, routes } = await openAlerts({ match: ['team=a'] });
    await state(bench, 'a', true);
    await bench.pass(minute);
    const inbox = inboxService(bench.tools);
    expect((await inbox.list!(bench.ask({}))) as Row[]).toMatchObject([{ title: 'FIRING: a is bad', read: null }]);
    await bench.call(inbox, 'read', {}, 1);
    expect(await inbox.list!(bench.ask({}))).toEqual([]);
    expect(await inbox.list!(bench.ask({ input: { all: true } }))).toHaveLength(1);
    await bench.call(routes, 'update', { match: [''] }, 1);
    await bench.pass(minute);
    expect(told()).toEqual(['alert.firing: FIRING: a is bad']);
  });

  /** Thousands that fire within a minute, all handed over. */
  async function storm(bench: Bench): Promise<void> {
    for (let n = 0; n < many; n += 500) {
      const all = Array.from({ length: 500 }, (_, at) => `c${n + at}`);
      const now = bench.clock.now();
      const steps = all.map(key =>
        stating(bench.store, {
          ...{ key, at: now, firing: true, severity: 'warning' },
          ...{ labels: { check: key }, summary: key },
        }),
      );
      await bench.store.commit(steps);
      await bench.pass(3_000);
    }
  }

  it(`of which there are ${many} in a minute come in a few messages, none is lost`, async () => {
    const { bench, told } = await openAlerts();
    await storm(bench);
    await bench.pass(10 * minute);
    expect(told().length).toBeLessThanOrEqual(3);
    const counts = await bench.store.db
      .selectFrom('alerts')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(counts.n)).toBe(many);
    const untold = bench.store.db.selectFrom('group_alerts').selectAll().where('told_firing', 'is', null);
    expect(await untold.execute()).toEqual([]);
  });

  it(`of which there are ${many} in a minute come in digests where each would be told by itself`, async () => {
    const { bench, receiver } = await openAlerts({ 'group-by': ['check'] });
    await storm(bench);
    await bench.pass(10 * minute);
    const heard = receiver.received.map(({ body }) => (JSON.parse(body) as { data: Message }).data);
    const ids = heard.flatMap(one => one.messages ?? [one]).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([many, many]);
    expect(heard.length).toBeLessThan(100);
    expect(await bench.deliveries().then(rows => rows.filter(({ state }) => state === 'dead'))).toEqual([]);
  });

  // Only SQLite is worked on without letting go; MySQL is waited for.
  it.skipIf(back.name === 'MySQL')(
    'of which there are thousands leave the daemon its turns: whoever asks waits for a few of them, not for all',
    async () => {
      const { bench } = await openAlerts({ 'group-by': ['check'] });
      const at = bench.clock.now();
      const steps = Array.from({ length: 2_000 }, (_, n) =>
        stating(bench.store, {
          ...{ key: `c${n}`, at, firing: true, severity: 'warning', labels: { check: `c${n}` }, summary: 'x' },
        } as Condition),
      );
      await bench.store.commit(steps);
      let turns = 0;
      let next = setImmediate(function count() {
        turns += 1;
        next = setImmediate(count);
      });
      await bench.alerts.turn();
      const taking = turns;
      await bench.clock.advance(30_000);
      await bench.alerts.turn();
      clearImmediate(next);
      // Two hundred are taken at once, fifty told of.
      expect(taking).toBeGreaterThanOrEqual(10);
      expect(turns - taking).toBeGreaterThanOrEqual(40);
    },
  );

  it('are found by their key also when they are over', async () => {
    const { bench, alerts } = await openAlerts();
    await state(bench, 'a', true);
    await bench.pass(5_000);
    await state(bench, 'a', false);
    await bench.pass(5_000);
    const { app } = await openApi({ clock: bench.clock, services: { alert: alerts } });
    const { socket } = await listenOnSocket(app);
    const target = { url: 'http://127.0.0.1:1/v1', token: 'x'.repeat(64) };
    const cloudctl = (line: string) => run(target, `${line} --daemon unix://${socket}`);
    expect(JSON.parse((await cloudctl('alert list -o json')).out)).toEqual([]);
    expect(JSON.parse((await cloudctl('alert describe a -o json')).out)).toMatchObject({ key: 'a', state: 'resolved' });
    expect((await cloudctl('alert ack a')).err).toContain('alert a is over');
  });

  it('are tested without being sent: which routes would take them', async () => {
    const { bench, routes } = await openAlerts({ match: ['team=a'] });
    const test = async (labels: string[]) =>
      ((await routes.test!(bench.ask({ input: { labels } }))) as Row[]).map(one => one.name);
    expect(await test(['team=a', 'x=y'])).toEqual(['all']);
    expect(await test(['team=b'])).toEqual(['default']);
    await expect(bench.call(bench.channels, 'delete', {}, 2)).rejects.toThrow('is used by route all');
    await expect(bench.call(routes, 'create', { name: 'x', channel: ['nobody'] })).rejects.toThrow(
      "no channel has the name 'nobody'",
    );
  });
});
