import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/notify/message.ts';
import { outgoing } from '../../../src/daemon/alerts/outbox.ts';
import { openReceiver } from '../../helpers/receiver.ts';
import { messageOf, openBench, type Parts } from './bench.ts';

async function send(type: string, input: object, message: Message, parts: Parts = {}) {
  const bench = await openBench(parts);
  const channel = await bench.addChannel('one', type, input as Record<string, unknown>);
  await bench.store.commit(outgoing(bench.tools, { id: channel.id, type }, message));
  await bench.turn();
  return { bench, channel, deliveries: await bench.deliveries() };
}

const firing = messageOf('a', { text: 'line 1\nline <2>', title: 'FIRING: a & b' });

describe('each kind of channel', () => {
  const cases: [string, (url: string) => object, object][] = [
    ['slack', url => ({ 'incoming-url-file': `${url}/x` }), { text: '🔴 *FIRING: a &amp; b*' }],
    ['discord', url => ({ 'incoming-url-file': `${url}/x` }), { allowed_mentions: { parse: [] } }],
    ['telegram', url => ({ url, 'token-file': '1:a', chat: '42' }), { chat_id: '42' }],
    ['ntfy', url => ({ url, topic: 't', 'token-file': 'k' }), { topic: 't', priority: 5, message: firing.text }],
    ['gotify', url => ({ url, 'token-file': 'k' }), { priority: 8 }],
    ['pagerduty', url => ({ url, 'token-file': 'k' }), { routing_key: 'k', dedup_key: 'a', event_action: 'trigger' }],
    ['teams', url => ({ 'incoming-url-file': `${url}/x` }), { type: 'message' }],
    ['webhook', url => ({ url }), { type: 'alert.firing' }],
  ];

  it.each(cases)('%s says what is wrong, as its service takes it', async (type, settings, wanted) => {
    const receiver = await openReceiver();
    const { deliveries } = await send(type, settings(receiver.url), firing);
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    expect(JSON.parse(body)).toMatchObject(wanted);
    expect(headers['content-type']).toContain('application/json');
    expect(deliveries).toMatchObject([{ state: 'done', attempts: 0 }]);
  });

  it('exec has the message in the environment of the command that the configuration names', async () => {
    const runs: [string, Readonly<Record<string, string>>][] = [];
    await send('exec', { hook: 'page' }, firing, { hook: async (...run) => void runs.push(run) });
    expect(runs).toMatchObject([['page', { CLOUDCTL_TITLE: 'FIRING: a & b', CLOUDCTL_STATUS: 'firing' }]]);
    await expect(send('exec', { hook: 'other' }, firing)).rejects.toThrow("no hook has the name 'other'");
  });

  it('pagerduty closes what it has opened, also out of a digest', async () => {
    const receiver = await openReceiver();
    const over = messageOf('c', { thread: 'a', status: 'resolved' });
    const messages = [firing, messageOf('b'), over];
    await send('pagerduty', { url: receiver.url, 'token-file': 'k' }, messageOf('d', { status: 'digest', messages }));
    const sent = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, string>);
    expect(sent.map(one => [one.dedup_key, one.event_action])).toEqual([
      ['b', 'trigger'],
      ['a', 'resolve'],
    ]);
  });
});

describe('a webhook', () => {
  it('is signed with the new key and the old one, over exactly the bytes that were sent', async () => {
    const receiver = await openReceiver();
    const [key, old] = [1, 2].map(byte => Buffer.alloc(32, byte));
    const secret = (bytes: Buffer) => `whsec_${bytes.toString('base64')}`;
    await send(
      'webhook',
      { url: receiver.url, 'secret-file': secret(key!), 'previous-secret-file': secret(old!) },
      firing,
    );
    const { headers, body } = receiver.received[0]!;
    const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const wanted = [key!, old!].map(bytes => `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`);
    expect(headers['webhook-signature']).toBe(wanted.join(' '));
    expect(headers['webhook-timestamp']).toBe(String(Date.parse('2026-11-25T10:00:00Z') / 1000));
  });

  const again = { state: 'waiting', attempts: 1 };
  it.each([
    ['answers with 500', 500, { ...again, error_code: 'unreachable' }],
    ['redirects', 301, { ...again, error_code: 'refused' }],
    ['says 404', 404, { ...again, error_code: 'refused' }],
    ['says 429', 429, { ...again, error_code: 'limited' }],
    ['says that it is gone', 410, { state: 'dead', error_code: 'refused' }],
  ] as const)('whose receiver %s is told of', async (_, status, wanted) => {
    const target = await openReceiver();
    const receiver = await openReceiver(() => answer => {
      answer.writeHead(status, { location: target.url }).end();
    });
    const { deliveries } = await send('webhook', { url: receiver.url }, firing);
    expect(deliveries).toMatchObject([wanted]);
    expect(target.received).toEqual([]);
  });

  it('whose receiver hangs, resets, cuts off or is away is tried again', async () => {
    for (const reply of [
      () => () => {},
      () => (_: unknown, socket: import('node:net').Socket) => void socket.resetAndDestroy(),
      () => (_: unknown, socket: import('node:net').Socket) => void socket.end('HTTP/1.1 2'),
      () => (_: unknown, socket: import('node:net').Socket) => void socket.end('garbage\r\n\r\n'),
    ]) {
      const receiver = await openReceiver(reply as never);
      const { deliveries } = await send('webhook', { url: receiver.url }, firing);
      expect(deliveries).toMatchObject([again]);
    }
    const closed = createServer();
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise(resolve => closed.close(resolve));
    const { deliveries } = await send('webhook', { url: `http://127.0.0.1:${port}` }, firing);
    expect(deliveries).toMatchObject([again]);
  });

  it('is taken when it was answered with 2xx, however much and slowly is said after that', async () => {
    const big = await openReceiver(() => answer => {
      answer.writeHead(200);
      for (let n = 0; n < 160; n += 1) answer.write(Buffer.alloc(65_536));
      answer.end();
    });
    expect((await send('webhook', { url: big.url }, firing)).deliveries).toMatchObject([{ state: 'done' }]);
    const trickle = await openReceiver(() => answer => {
      answer.writeHead(200, { 'content-length': 100 }).write('a');
    });
    expect((await send('webhook', { url: trickle.url }, firing)).deliveries).toMatchObject([{ state: 'done' }]);
    const failing = await openReceiver(() => answer => {
      answer.writeHead(503);
      for (let n = 0; n < 160; n += 1) answer.write(Buffer.alloc(65_536));
    });
    expect((await send('webhook', { url: failing.url }, firing)).deliveries).toMatchObject([
      { error_code: 'unreachable' },
    ]);
  });

  it('waits as long as the receiver says, by seconds or by a date, with all that goes there', async () => {
    for (const after of ['7200', 'Wed, 25 Nov 2026 12:00:00 GMT']) {
      const receiver = await openReceiver(() => answer => {
        answer.writeHead(429, { 'retry-after': after }).end();
      });
      const { bench, channel } = await send('webhook', { url: receiver.url }, firing);
      receiver.state.reply = () => 200;
      await bench.store.commit(outgoing(bench.tools, { id: channel.id, type: 'webhook' }, messageOf('b')));
      await bench.pass(7_195_000);
      expect(receiver.received).toHaveLength(1);
      await bench.pass(60_000);
      expect(receiver.received.length).toBeGreaterThan(1);
      expect((await bench.deliveries()).filter(row => row.state === 'waiting')).toEqual([]);
    }
  });

  it('goes to no address of the own networks, and not to another one than was looked at', async () => {
    const receiver = await openReceiver();
    const inside = await send('webhook', { url: receiver.url }, firing, { allowed: () => [] });
    expect(inside.deliveries[0]).toMatchObject({
      error_code: 'refused',
      error_message: expect.stringContaining('127.0.0.1'),
    });
    let looks = 0;
    const lookup = async () => [{ address: looks++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
    const url = `http://rebinding.example.com:${receiver.port}`;
    const rebound = await send('webhook', { url }, firing, { lookup, allowed: () => ['127.0.0.2'] });
    // The receiver listens on 127.0.0.1 only.
    expect(rebound.deliveries).toMatchObject([{ attempts: 1, error_code: 'unreachable' }]);
    expect([looks, receiver.received.length]).toEqual([1, 0]);
    const named = await send('webhook', { url }, firing, { lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(named.deliveries).toMatchObject([{ state: 'done' }]);
    expect(receiver.received[0]!.headers.host).toBe(`rebinding.example.com:${receiver.port}`);
  });
});

describe('a channel', () => {
  it('keeps its secrets sealed and shows none of them', async () => {
    const bench = await openBench();
    const input = { 'token-file': 'very-secret', chat: '1' };
    const made = await bench.addChannel('tele', 'telegram', input);
    expect(made.settings).toEqual({ token: '***', chat: '1', url: 'https://api.telegram.org' });
    const row = await bench.store.db
      .selectFrom('channels')
      .selectAll()
      .where('name', '=', 'tele')
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain('very-secret');
    await bench.call(bench.channels, 'update', { chat: '2' }, made.id);
    const shown = (await bench.call(bench.channels, 'describe', {}, made.id)).channel!;
    expect(shown.settings).toMatchObject({ chat: '2', token: '***' });
  });

  it('sends its secrets to no other host than the one that they were given for', async () => {
    const bench = await openBench();
    const { id } = await bench.addChannel('got', 'gotify', { url: 'https://a.example.com/', 'token-file': 'k' });
    const update = (input: object) => bench.call(bench.channels, 'update', input as never, id);
    await expect(update({ url: 'https://evil.example.com/' })).rejects.toThrow('token: was given for another host');
    await update({ url: 'https://a.example.com/gotify' });
    await update({ url: 'https://b.example.com/', 'token-file': 'k2' });
    const free = await bench.addChannel('phone', 'ntfy', { url: 'https://a.example.com/', topic: 't' });
    await bench.call(bench.channels, 'update', { url: 'https://b.example.com/' }, free.id);
  });

  it('is refused with a name that is taken, a template of unknown fields, settings of another kind', async () => {
    const bench = await openBench();
    await bench.addChannel('one', 'ntfy', { topic: 't' });
    const refused = async (name: string, type: string, input: object) =>
      bench.addChannel(name, type, input as never).then(
        () => 'made',
        error => (error as Error).message,
      );
    expect(await refused('one', 'ntfy', { topic: 't' })).toContain('already');
    expect(await refused('two', 'ntfy', { topic: 't', subject: '{{nothing}}' })).toContain('{{nothing}}');
    expect(await refused('two', 'ntfy', { topic: 't', chat: '1' })).toContain('has no chat');
    expect(await refused('two', 'inbox', {})).toContain('one inbox');
    expect(await refused('a b', 'ntfy', { topic: 't' })).toContain('no name');
    expect(await refused('two', 'email', { to: ['x'], from: 'a@b', host: 'h' })).toContain('not an address of mail');
  });

  it('writes by its templates, which a preview shows', async () => {
    const receiver = await openReceiver();
    const bench = await openBench();
    const { id } = await bench.addChannel('one', 'ntfy', {
      url: receiver.url,
      topic: 't',
      subject: '{{severity}} {{labels.server}}',
    });
    const { preview } = await bench.call(bench.channels, 'preview', {}, id);
    expect(preview).toMatchObject({ firing: { title: 'critical web-1' }, resolved: { title: 'critical web-1' } });
    await bench.store.commit(outgoing(bench.tools, { id, type: 'ntfy' }, firing));
    await bench.turn();
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ title: 'critical web-1' });
  });

  it('is tested by the queue, and the test tells why nothing came', async () => {
    const receiver = await openReceiver();
    const bench = await openBench();
    const { id } = await bench.addChannel('one', 'ntfy', { url: receiver.url, topic: 't' });
    const test = () => {
      const work = bench.queue.work(bench.alerts.handlers, { concurrency: 1 });
      const turning = setInterval(() => void bench.clock.advance(500), 5);
      return bench.call(bench.channels, 'test', {}, id).finally(async () => {
        clearInterval(turning);
        await work();
      });
    };
    expect((await test()).channel).toMatchObject({ error: null });
    expect(receiver.received).toHaveLength(1);
    receiver.state.reply = () => 403;
    await expect(test()).rejects.toThrow(/channel one did not take it: 127\.0\.0\.1:\d+ answered with 403/);
    await bench.call(bench.channels, 'disable', {}, id);
    await expect(test()).rejects.toThrow('is disabled: by anna');
  });
});
