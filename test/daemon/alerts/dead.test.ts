import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/notify/message.ts';
import { outgoing } from '../../../src/daemon/alerts/outbox.ts';
import { measureAlerts } from '../../../src/daemon/alerts/report.ts';
import { deliveryService } from '../../../src/daemon/alerts/services/delivery.ts';
import { createMetrics } from '../../../src/daemon/http/metrics.ts';
import { openReceiver } from '../../helpers/receiver.ts';
import { messageOf, openBench } from './bench.ts';

const hour = 3_600_000;

/** A channel whose receiver answers as `reply.status` says, and what can be done with its messages. */
async function desk() {
  const reply = { status: 403 };
  const receiver = await openReceiver(() => reply.status);
  const bench = await openBench();
  const channel = await bench.addChannel('hook', 'webhook', { url: receiver.url });
  const service = deliveryService(bench.tools);
  const put = (id: string, more: Partial<Message> = {}) =>
    bench.store.commit(
      outgoing(bench.tools, { id: channel.id, type: 'webhook' }, messageOf(id, { at: bench.clock.now(), ...more })),
    );
  const list = async (input: object = {}, query: Record<string, string> = {}) =>
    (await service.list!(bench.ask({ input: input as never, query }))) as {
      rows: Record<string, unknown>[];
      total: number;
    };
  const retry = (id = 1) => bench.call(service, 'retry', {}, id);
  const titles = () => receiver.received.map(({ body }) => (JSON.parse(body) as { data: Message }).data.title);
  return { reply, receiver, bench, channel, service, put, list, retry, titles };
}

describe('a message that was given up', () => {
  it('is listed with its reason, counted, and sent whole when it is wanted, also long after', async () => {
    const { reply, bench, put, list, retry, titles, receiver } = await desk();
    await put('a');
    await bench.pass(hour);
    expect(await list({ state: ['dead'] })).toMatchObject({
      rows: [{ channel: 'hook', state: 'dead', title: 'FIRING: a', attempts: 2, next: null }],
      total: 1,
    });
    expect((await list()).rows[0]!.error).toContain('answered with 403');
    const metrics = createMetrics();
    measureAlerts(metrics, bench.tools);
    expect(await metrics.write()).toContain('cloudctl_deliveries{state="dead"} 1');
    await bench.pass(20 * hour);
    reply.status = 200;
    expect((await retry()).delivery).toMatchObject({ state: 'waiting', attempts: 0, error: expect.any(String) });
    await bench.turn();
    expect(titles()).toEqual(Array(4).fill('FIRING: a'));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await list({ state: ['done'] })).toMatchObject({ rows: [{ state: 'done', error: null }] });
    expect(await list()).toEqual({ rows: [], total: 0 });
  });

  it('is tried as often as a new one, and given up again with a notice of its own', async () => {
    const { bench, put, list, retry } = await desk();
    await put('a');
    await bench.pass(hour);
    await retry();
    await bench.pass(hour);
    expect((await list()).rows).toMatchObject([{ state: 'dead', attempts: 2 }]);
    const told = (await bench.inbox()).filter(({ title }) => title === 'Channel hook did not take: FIRING: a');
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('is not sent when its end was told since: nobody would ever be told that again', async () => {
    const { reply, bench, put, retry, titles } = await desk();
    await put('a', { thread: 'one' });
    await bench.pass(hour);
    reply.status = 200;
    await put('b', { thread: 'one', status: 'resolved', title: 'RESOLVED: a' });
    await bench.turn();
    await expect(retry()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('told since') });
    expect(titles().at(-1)).toBe('RESOLVED: a');
  });

  it('is sent before its end where neither was taken', async () => {
    const { reply, bench, put, retry, titles } = await desk();
    await put('a', { thread: 'one' });
    await bench.pass(hour);
    await put('b', { thread: 'one', status: 'resolved', title: 'RESOLVED: a' });
    await bench.pass(hour);
    reply.status = 200;
    const before = titles().length;
    const rows = await bench.deliveries();
    for (const { id } of rows.toReversed()) await retry(id);
    await bench.pass(60_000);
    expect(titles().slice(before)).toEqual(['FIRING: a', 'RESOLVED: a']);
  });

  it('is not sent by a channel that is disabled or gone, and says so', async () => {
    const { bench, channel, put, retry } = await desk();
    await put('a');
    await bench.pass(hour);
    await bench.call(bench.channels, 'disable', {}, channel.id);
    await expect(retry()).rejects.toMatchObject({ hint: 'cloudctl channel enable hook' });
    await bench.call(bench.channels, 'delete', {}, channel.id);
    await expect(retry()).rejects.toThrow('its channel was deleted');
  });

  it('is sent also when its job has been cleared away', async () => {
    const { reply, bench, put, retry, titles } = await desk();
    await put('a');
    await bench.pass(hour);
    await bench.store.commit([{ query: bench.store.db.deleteFrom('jobs') }]);
    reply.status = 200;
    await retry();
    await bench.turn();
    expect(titles()).toHaveLength(4);
  });
});

describe('a message that waits', () => {
  it('is sent now when it is wanted, and one that was taken is not sent again', async () => {
    const { reply, bench, put, list, retry, titles } = await desk();
    reply.status = 500;
    await put('a');
    await bench.pass(10 * 60_000);
    const tries = titles().length;
    reply.status = 200;
    await retry();
    await bench.turn();
    expect(titles()).toHaveLength(tries + 1);
    await expect(retry()).rejects.toThrow('is done: only one that waits or is dead');
    expect((await list({}, { name: `a.${(await bench.deliveries())[0]!.channel_id}` })).rows).toHaveLength(1);
    await expect(retry(99)).rejects.toMatchObject({ code: 'not_found' });
  });
});
