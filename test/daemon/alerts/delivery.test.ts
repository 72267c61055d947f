import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/notify/message.ts';
import { outgoing } from '../../../src/daemon/alerts/outbox.ts';
import { openReceiver, type Received } from '../../helpers/receiver.ts';
import { stores } from '../../helpers/stores.ts';
import { type Bench, messageOf, openBenchOn } from './bench.ts';

const [minute, hour] = [60_000, 3_600_000];

const bodyOf = ({ body }: Received) => (JSON.parse(body) as { data: Message }).data;
/** What was taken, digests taken apart, each id once. */
const taken = (all: readonly Received[]) => all.flatMap(one => bodyOf(one).messages ?? [bodyOf(one)]);
const put = (bench: Bench, id: number, message: Message) =>
  bench.store.commit(outgoing(bench.tools, { id, type: 'webhook' }, { ...message, at: bench.clock.now() }));

describe.each(stores)('delivery on $name', { timeout: 120_000 }, back => {
  const openBench = () => openBenchOn(back);
  const many = back.name === 'MySQL' ? 250 : 1_000;

  it(`tells of ${many} alerts through a day without the receiver: all of them, each once, the end after the begin`, async () => {
    let isUp = false;
    const accepted: Received[] = [];
    const receiver = await openReceiver(one => {
      if (!isUp) return 503;
      accepted.push(one);
      return 200;
    });
    const bench = await openBench();
    const { id } = await bench.addChannel('hook', 'webhook', { url: receiver.url });
    const end = (n: number) => messageOf(`r${n}`, { thread: `alert ${n}`, status: 'resolved' });
    // Storms, each over when the next one comes.
    for (let n = 0; n < many; n += 1) {
      await put(bench, id, messageOf(`f${n}`, { thread: `alert ${n}` }));
      if (n >= 25) await put(bench, id, end(n - 25));
      if (n % 25 === 24) await bench.pass((24 * hour) / (many / 25));
    }
    isUp = true;
    for (let n = many - 25; n < many; n += 1) await put(bench, id, end(n));
    await bench.pass(30 * minute);
    const ids = taken(accepted).map(one => one.id.split('.')[0]!);
    expect(ids).toHaveLength(2 * many);
    expect(new Set(ids).size).toBe(2 * many);
    for (let n = 0; n < many; n += 1) expect(ids.indexOf(`f${n}`)).toBeLessThan(ids.indexOf(`r${n}`));
    expect(receiver.received.length).toBeLessThan(4 * many);
    expect(accepted.length).toBeLessThan(30);
    // Somebody hears of it long before anything is given up.
    expect((await bench.inbox()).map(({ title }) => title)).toEqual([
      expect.stringContaining('has taken no message since 2026-11-25T10:00'),
    ]);
  });

  it('gives a message up after ten tries, with a notice where somebody hears it', async () => {
    const [bad, good] = [await openReceiver(() => 500), await openReceiver()];
    const bench = await openBench();
    const { id } = await bench.addChannel('bad', 'webhook', { url: bad.url, 'max-age': 1000 * hour });
    await bench.addChannel('good', 'webhook', { url: good.url, fallback: true });
    await put(bench, id, messageOf('a'));
    await bench.pass(100 * hour);
    expect(bad.received).toHaveLength(10);
    expect(new Set(bad.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const titles = good.received.map(one => bodyOf(one).title);
    expect(titles).toEqual([expect.stringContaining('has taken no message'), 'Channel bad did not take: FIRING: a']);
    const events = bench.store.db.selectFrom('events').select('type').where('type', '=', 'delivery.dead');
    expect(await events.execute()).toHaveLength(1);
    expect(bench.logged.some(line => line.startsWith('message given up'))).toBe(true);
  });

  it('disables a channel that says it is gone, and tells the rest by the fallback', async () => {
    const bad = await openReceiver(() => 410);
    const bench = await openBench();
    const { id } = await bench.addChannel('bad', 'webhook', { url: bad.url });
    await put(bench, id, messageOf('a'));
    await put(bench, id, messageOf('b'));
    await bench.pass(hour);
    expect(bad.received).toHaveLength(1);
    expect((await bench.inbox()).map(({ title }) => title)).toEqual([
      'Channel bad is disabled, and did not take: FIRING: a',
      'Channel bad did not take: FIRING: b',
    ]);
    expect(await bench.alerts.report()).toMatchObject({ degraded: true, dead: 2, failing: [{ name: 'bad' }] });
  });

  it('puts more than a channel wants to hear into one message', async () => {
    const receiver = await openReceiver();
    const bench = await openBench();
    const { id } = await bench.addChannel('hook', 'webhook', { url: receiver.url, rate: 2 });
    for (let n = 0; n < 100; n += 1) {
      await put(bench, id, messageOf(`m${n}`));
      await bench.pass(2_000);
    }
    await bench.pass(hour);
    expect(taken(receiver.received).map(one => one.id.split('.')[0])).toHaveLength(100);
    expect(receiver.received.length).toBeLessThan(30);
  });
});
