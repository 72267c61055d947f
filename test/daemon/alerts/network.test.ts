import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/notify/message.ts';
import { outgoing } from '../../../src/daemon/alerts/outbox.ts';
import { openFaultyProxy, type Toxic } from '../../helpers/faulty-proxy.ts';
import { openReceiver } from '../../helpers/receiver.ts';
import { makeCertificate, openSmtp } from '../../helpers/smtp-server.ts';
import { messageOf, openBench } from './bench.ts';

const hour = 3_600_000;
const certificate = makeCertificate();

/** What a receiver has taken: an id, and all of what came under it. */
type Taken = readonly (readonly [id: string, content: string])[];

/** A receiver behind a proxy, and the channel that leads there. */
interface Sink {
  readonly port: number;
  readonly type: string;
  settings(port: number): Record<string, unknown>;
  taken(): Taken;
}

async function openHook(): Promise<Sink> {
  const { port, received } = await openReceiver();
  return {
    ...{ port, type: 'webhook', settings: through => ({ url: `http://127.0.0.1:${through}/` }) },
    taken: () => received.map(({ headers, body }) => [String(headers['webhook-id']), body]),
  };
}

async function openMailbox(encryption: 'none' | 'starttls'): Promise<Sink> {
  const { port, mails } = await openSmtp(certificate);
  const addresses = { from: 'cloudctl@example.com', to: ['ops@example.com'], host: 'localhost' };
  const login = { 'ca-file': certificate.cert, username: 'anna', 'password-file': 'secret' };
  return {
    ...{ port, type: 'email' },
    settings: through => ({ ...addresses, encryption, port: through, ...(encryption === 'starttls' && login) }),
    taken: () => mails.map(({ data }) => [/^Message-ID: <(.*?)@/m.exec(data)![1]!, /^Subject: (.*)$/m.exec(data)![1]!]),
  };
}

const sinks: readonly (readonly [string, () => Promise<Sink>])[] = [
  ['a webhook', openHook],
  ['mail', () => openMailbox('none')],
  ['mail by TLS', () => openMailbox('starttls')],
];

/** Tells of two alerts and the end of one while the network is bad, which is well again after a try; how often a message was tried in vain. */
async function tell(open: () => Promise<Sink>, toxic: Toxic) {
  const sink = await open();
  const proxy = await openFaultyProxy(sink.port);
  const bench = await openBench({ lookup: async () => [{ address: '127.0.0.1', family: 4 }], timeout: 1_000 });
  const { id } = await bench.addChannel('one', sink.type, sink.settings(proxy.port));
  const put = (name: string, more: Partial<Message> = {}) =>
    bench.store.commit(outgoing(bench.tools, { id, type: sink.type }, messageOf(name, more)));
  proxy.state.toxic = toxic;
  await put('a1', { thread: 'a' });
  await put('b', { thread: 'b' });
  await put('a2', { thread: 'a', status: 'resolved' });
  await bench.turn();
  const failures = (await bench.deliveries()).reduce((sum, { attempts }) => sum + attempts, 0);
  expect(proxy.state.bites).toBeGreaterThan(0);
  proxy.state.toxic = undefined;
  await bench.pass(hour);
  const about = JSON.stringify(toxic);
  expect(
    (await bench.deliveries()).map(({ state }) => state),
    about,
  ).toEqual(['done', 'done', 'done']);
  const contents = new Map<string, string>();
  for (const [name, content] of sink.taken()) {
    expect(contents.get(name) ?? content, `two messages of one id by ${about}`).toBe(content);
    contents.set(name, content);
  }
  const order = sink.taken().map(([name]) => name.split('.')[0]!);
  expect([...contents.keys()].map(name => name.split('.')[0]).sort(), about).toEqual(['a1', 'a2', 'b']);
  // Not even the second of two comes after the end.
  expect(order.lastIndexOf('a1'), about).toBeLessThan(order.indexOf('a2'));
  return { failures, twice: order.length - contents.size, passed: proxy.state.passed };
}

describe.each(sinks)('%s', (_, open) => {
  it.each<Toxic>([
    { kind: 'slow', ms: 20 },
    { kind: 'slow', ms: 1, bytes: 40 },
    { kind: 'slow close', ms: 300 },
  ])('is told once over a network of $kind', async toxic => {
    expect(await tell(open, toxic)).toMatchObject({ failures: 0, twice: 0 });
  });

  it.each<Toxic>([{ kind: 'down' }, { kind: 'reset' }, { kind: 'silence' }])(
    'is told once when the network is well again that had $kind',
    async toxic => {
      const { failures, twice } = await tell(open, toxic);
      expect({ failed: failures > 0, twice }).toEqual({ failed: true, twice: 0 });
    },
  );

  it.each(['there', 'back'] as const)(
    'is told of all wherever the connection is cut on its way %s, and twice only under the same id',
    async way => {
      const { passed } = await tell(open, { kind: 'slow close', ms: 0 });
      let twice = 0;
      for (const after of placesOf(passed[way])) twice += (await tell(open, { kind: 'cut', way, after })).twice;
      // What was taken and whose receipt was lost comes once more.
      if (way === 'back') expect(twice).toBeGreaterThan(0);
    },
    60_000,
  );
});

/** Some places from the first byte to the last, and many among the last, where it is said that a message is taken. */
function placesOf(bytes: number): number[] {
  const all = Array.from({ length: 8 }, (_, index) => 1 + Math.floor((index * bytes) / 8));
  const last = Array.from({ length: 12 }, (_, index) => bytes - 9 * index);
  return [...new Set([...all, ...last])].filter(place => place > 0).sort((a, b) => a - b);
}
