import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPing } from '../../../src/core/checks/kinds/ping.ts';
import { kinds } from '../../../src/core/checks/kinds.ts';
import { readSettings } from '../../../src/core/checks/settings.ts';
import { Failure } from '../../../src/core/failure.ts';
import { selfSigned } from '../transport/certificate.ts';
import { listen, look } from './look.ts';

const day = 86_400_000;

describe('a tcp check', () => {
  it('is up for a port that takes connections, and says how long that took', async () => {
    const port = await listen(createServer());
    expect(await look('tcp', { host: '127.0.0.1', port })).toMatchObject({
      outcome: 'up',
      timings: { connect: expect.any(Number) },
    });
  });

  it('waits for what the other side must say first', async () => {
    const port = await listen(createServer(socket => socket.end('220 mail.example.com ESMTP\r\n')));
    expect(await look('tcp', { host: '127.0.0.1', port, expect: '220 ' })).toMatchObject({ outcome: 'up' });
    expect(await look('tcp', { host: '127.0.0.1', port, expect: 'SSH' })).toMatchObject({
      outcome: 'down',
      message: "it does not say 'SSH'",
    });
  });

  it('is down where nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise(resolve => server.close(resolve));
    expect(await look('tcp', { host: '127.0.0.1', port })).toMatchObject({
      outcome: 'down',
      message: 'the connection was refused',
    });
  });
});

describe('a tls check', () => {
  async function serve(until: number) {
    const { key, cert } = selfSigned('localhost', until);
    const port = await listen(createTlsServer({ key, cert }, socket => socket.on('error', () => {}).end()));
    return {
      host: '127.0.0.1',
      port,
      'server-name': 'localhost',
      fingerprint: new X509Certificate(cert).fingerprint256,
    };
  }

  it('is up for a certificate that is good for long enough, and says for how long', async () => {
    const found = await look('tls', await serve(Date.now() + 90 * day));
    expect(found).toMatchObject({ outcome: 'up', message: expect.stringMatching(/^good for (89|90) days/) });
    expect(found.value).toBeGreaterThan(89);
  });

  it('is down for one that ends soon, and for one that has ended', async () => {
    expect(await look('tls', await serve(Date.now() + 3 * day))).toMatchObject({
      outcome: 'down',
      message: expect.stringMatching(/ends in (2.9|3) days/),
      wrong: 'below',
    });
    expect(await look('tls', { ...(await serve(Date.now() - 2 * day)), 'min-days': 0 })).toMatchObject({
      outcome: 'down',
      message: expect.stringMatching(/ended 2(\.1)? days ago/),
    });
  });

  it('trusts nobody without a fingerprint, and nobody else with one', async () => {
    const { fingerprint, ...served } = await serve(Date.now() + 90 * day);
    expect(await look('tls', served)).toMatchObject({
      outcome: 'down',
      message: 'the certificate was signed by itself',
    });
    const other = fingerprint.replace(/^../, pair => (pair === '00' ? '01' : '00'));
    expect(await look('tls', { ...served, fingerprint: other })).toMatchObject({
      outcome: 'down',
      message: 'the certificate has another fingerprint',
    });
  });

  it('is down for what speaks no TLS', async () => {
    const port = await listen(createServer(socket => socket.on('error', () => {}).end('220 hello\r\n')));
    expect(await look('tls', { host: '127.0.0.1', port })).toMatchObject({ outcome: 'down' });
  });
});

describe('a dns check', () => {
  /** A name server that knows one name with one address. */
  async function serve(answer: (type: number) => { rcode: number; address?: readonly number[] } | undefined) {
    const socket = createSocket('udp4');
    socket.on('message', (query, from) => {
      const end = query.indexOf(0, 12) + 5;
      const found = answer(query.readUInt16BE(end - 4));
      if (!found) return;
      const head = Buffer.from(query.subarray(0, end));
      head.writeUInt16BE(0x8180 | found.rcode, 2);
      head.writeUInt16BE(found.address ? 1 : 0, 6);
      head.writeUInt32BE(0, 8);
      const record = found.address ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...found.address] : [];
      socket.send(Buffer.concat([head, Buffer.from(record)]), from.port, from.address);
    });
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => void socket.close());
    return `127.0.0.1:${socket.address().port}`;
  }

  it('is up for a record that the chosen name server has, with the answer that must be among them', async () => {
    const nameserver = await serve(() => ({ rcode: 0, address: [192, 0, 2, 7] }));
    const settings = { host: 'www.example.com', nameserver };
    expect(await look('dns', settings)).toMatchObject({ outcome: 'up', message: 'A 192.0.2.7' });
    expect(await look('dns', { ...settings, answer: ['192.0.2.7'] })).toMatchObject({ outcome: 'up' });
    expect(await look('dns', { ...settings, answer: ['192.0.2.8'] })).toMatchObject({
      outcome: 'down',
      message: '192.0.2.8 is not among the answers: 192.0.2.7',
    });
  });

  it.each([
    [3, 'the name is not known'],
    [2, 'the name server failed'],
    [5, 'the name server refused to answer'],
    [0, 'the name has no such record'],
  ])('is down for the answer %i: %s', async (rcode, message) => {
    const nameserver = await serve(() => ({ rcode }));
    expect(await look('dns', { host: 'www.example.com', nameserver })).toMatchObject({ outcome: 'down', message });
  });

  it('gives up on a name server that says nothing', async () => {
    const nameserver = await serve(() => undefined);
    await expect(look('dns', { host: 'www.example.com', nameserver }, { timeout: 100 })).rejects.toThrow();
  });
});

describe('a ping check', () => {
  it('cannot tell where the system has no such program or does not allow it, and says so', () => {
    expect(readPing({ code: 'ENOENT', said: '' })).toMatchObject({ outcome: 'unknown', message: /no program/ });
    expect(readPing({ status: 2, said: 'ping: socket: Operation not permitted' })).toMatchObject({
      outcome: 'unknown',
      message: expect.stringMatching('does not allow'),
    });
  });

  it('reads what the programs of Linux and of BSD say', () => {
    const linux =
      '3 packets transmitted, 3 received, 0% packet loss, time 2003ms\nrtt min/avg/max/mdev = 0.1/0.2/0.3/0.0 ms';
    expect(readPing({ status: 0, said: linux })).toMatchObject({ outcome: 'up', timings: { ping: 0.2 } });
    const bsd =
      '3 packets transmitted, 2 packets received, 33.3% packet loss\nround-trip min/avg/max/stddev = 1.0/2.5/3.0/0.1 ms';
    expect(readPing({ status: 0, said: bsd })).toMatchObject({
      outcome: 'up',
      message: 'answers in 2.5 ms, 33.3 % lost',
    });
    expect(readPing({ status: 1, said: '3 packets transmitted, 0 received, 100% packet loss' })).toMatchObject({
      outcome: 'down',
      message: 'no answer',
    });
    expect(readPing({ status: 2, said: 'ping: no.example: Name or service not known' })).toMatchObject({
      outcome: 'down',
    });
  });

  it('takes no host that the program would read as a flag', async () => {
    await expect(look('ping', { host: '-f' })).rejects.toThrow('neither a name nor an address');
  });
});

describe('a push check', () => {
  const settings = { every: 60_000, grace: 10_000 };
  const at = (ms: number) => ({ now: () => ms });

  it('is up until a sign of life is late by more than its grace', async () => {
    expect(await look('push', settings, { beat: { at: 0, ok: true }, ...at(70_000) })).toMatchObject({ outcome: 'up' });
    expect(await look('push', settings, { beat: { at: 0, ok: true }, ...at(70_001) })).toMatchObject({
      outcome: 'down',
    });
  });

  it('is down at once when the work says that it failed', async () => {
    const beat = { at: 0, ok: false, message: 'disk full' };
    expect(await look('push', settings, { beat, ...at(1) })).toMatchObject({
      outcome: 'down',
      message: 'it failed: disk full',
    });
  });

  it('does not hold against the sender what was sent while the daemon did not listen', async () => {
    const beat = { at: 0, ok: true };
    expect(await look('push', settings, { beat, listening: 500_000, ...at(560_000) })).toMatchObject({ outcome: 'up' });
    expect(await look('push', settings, { beat, listening: 500_000, ...at(571_000) })).toMatchObject({
      outcome: 'down',
    });
  });
});

describe('checks of the project', () => {
  it('compare what Hetzner says of a server with what it has to say', async () => {
    const servers = async () => [{ id: 7, name: 'web-1', status: 'off' }] as never;
    expect(await look('state', { server: 'web-1' }, { servers })).toMatchObject({
      outcome: 'down',
      message: 'web-1 is off',
    });
    expect(await look('state', { server: '7', expect: 'off' }, { servers })).toMatchObject({ outcome: 'up' });
    expect(await look('state', { server: 'web-2' }, { servers })).toMatchObject({ outcome: 'down' });
  });

  it('compare the cost of a month with the budget', async () => {
    const monthlyCost = async () => ({ net: 40, gross: 47.6, currency: 'EUR' });
    expect(await look('budget', { budget: 45 }, { monthlyCost })).toMatchObject({
      outcome: 'down',
      message: '47.60 of 45.00 EUR gross a month',
      value: 47.6,
    });
    expect(await look('budget', { budget: 45, basis: 'net' }, { monthlyCost })).toMatchObject({ outcome: 'up' });
  });

  it('say whose backups are too old', async () => {
    const backups = async () => ({
      servers: [
        { name: 'web-1', state: 'late' as const },
        { name: 'db-1', state: 'stale' as const },
      ],
    });
    expect(await look('backup-stale', { schedule: 'nightly' }, { backups })).toMatchObject({
      outcome: 'down',
      message: 'db-1 is stale',
    });
    expect(await look('backup-stale', { schedule: 'nightly', tolerate: 'ok' }, { backups })).toMatchObject({
      message: 'web-1 is late, db-1 is stale',
    });
    expect(await look('backup-stale', { schedule: 'other' })).toMatchObject({ outcome: 'down' });
  });
});

describe('a metric check', () => {
  const minute = 60_000;
  const servers = async () => [{ id: 7, name: 'web-1', status: 'running' }] as never;
  const now = () => 60 * minute;
  const of = (values: readonly number[], last = 58) => ({
    ...{ servers, now },
    readLatest: (_server: number, _metric: string, since: number) =>
      values
        .map((value, index) => ({ at: (last - values.length + 1 + index) * minute, value }))
        .filter(({ at }) => at >= since),
  });

  it('compares the mean with the threshold, and says how old the last sample is', async () => {
    const settings = { server: 'web-1', above: 90, over: 3 * minute };
    expect(await look('metric', settings, of([10, 10, 95, 90, 94]))).toMatchObject({
      ...{ outcome: 'down', value: 93, wrong: 'above' },
      message: 'cpu is 93, above 90 is wrong (last sample 2m ago)',
    });
    expect(await look('metric', settings, of([99, 99, 50, 50, 50]))).toMatchObject({ outcome: 'up', value: 50 });
    const many = async () => [{ id: 7, name: 'web-1', status: 'running', server_type: { cores: 4 } }] as never;
    expect(await look('metric', settings, { ...of([200]), servers: many })).toMatchObject({ outcome: 'up', value: 50 });
    expect(await look('metric', { server: '7', below: 5 }, of([1]))).toMatchObject({ outcome: 'down', wrong: 'below' });
  });

  it('cannot tell without a sample that is young enough, and says what the server does', async () => {
    const settings = { server: 'web-1', above: 90 };
    expect(await look('metric', settings, of([99], 44))).toMatchObject({
      outcome: 'unknown',
      message: 'there is no sample of the last 15m: web-1 is running',
    });
    expect(await look('metric', settings, { servers, now })).toMatchObject({ outcome: 'unknown' });
  });

  it.each([
    [{ above: 1, below: 2 }, 'either that or below'],
    [{}, 'either that or below'],
    [{ above: 1, metric: 'cpu; DROP' }, 'is not a series'],
    [{ above: 1, over: 1000 }, 'over'],
  ])('refuses %j', async (settings, message) => {
    await expect(look('metric', { server: 'web-1', ...settings })).rejects.toThrow(message);
  });
});

describe('the settings of every kind', () => {
  it.each(kinds.map(kind => [kind.name, kind] as const))(
    '%s: whatever is given is taken or refused with a reason',
    async (_, kind) => {
      const names = Object.keys(kind.settings);
      const text = fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', '\u0000', '-f', '..', 'http://a', '[', '%', '1.2.3.4:99999'),
      );
      const valuesFor = (name: string) => {
        const { type } = kind.settings[name]!;
        if (type === 'integer' || type === 'duration') return fc.integer();
        // JSON has no -0.
        if (type === 'decimal') return fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0);
        return type === 'list' || type === 'repeat' ? fc.array(text, { maxLength: 3 }) : text;
      };
      const input = fc.record(Object.fromEntries(names.map(name => [name, valuesFor(name)])), { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(input, async given => {
          try {
            const settings = await readSettings(kind, given);
            expect(Object.keys(settings).every(name => names.includes(name))).toBe(true);
            // What was taken is taken again: settings are kept and read back.
            expect(await readSettings(kind, JSON.parse(JSON.stringify(settings)))).toEqual(settings);
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
            expect((error as Failure).code).toBe('usage');
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});
