import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from '../../core/checks/look.ts';
import { openApi } from '../api/served.ts';
import { openBench } from './bench.ts';

const secret = 'Bearer geheim-4711';
const web = { name: 'web', type: 'http', 'secret-headers-file': `Authorization: ${secret}\nX-Key: k1` };

/** A server that knows its own by a header. */
async function serve() {
  const seen: (string | undefined)[] = [];
  const port = await listen(
    createServer((request, response) => {
      seen.push(request.headers.authorization);
      response
        .writeHead(request.headers.authorization === secret && request.headers['x-key'] === 'k1' ? 200 : 401)
        .end();
    }),
  );
  return { url: `http://127.0.0.1:${port}/`, seen };
}

describe('secret headers of a check', () => {
  it('are sent with the request', async () => {
    const { url, seen } = await serve();
    const { check, ask } = await openBench();
    await check('create', { ...web, url });
    expect(await ask('check', 'test', {}, 1)).toMatchObject({ result: { outcome: 'up' } });
    expect(seen).toEqual([secret]);
  });

  it('are kept sealed, and shown nowhere', async () => {
    const { url } = await serve();
    const { check, row, pass, logged, store, ask } = await openBench();
    const made = await check('create', { ...web, url });
    expect(made.settings).toMatchObject({ url, 'secret-headers': '***' });
    await pass(70_000);
    const rows = await Promise.all(
      (['checks', 'states', 'events', 'conditions'] as const).map(table =>
        store.db.selectFrom(table).selectAll().execute(),
      ),
    );
    expect((await row()).checked).not.toBeNull();
    for (const text of [rows, logged, await check('describe'), await ask('check', 'list')])
      expect(JSON.stringify(text)).not.toContain('geheim');
  });

  it('are in the audit log by their fingerprint only', async () => {
    const { ask, entries } = await openApi();
    const body = { ...web, url: 'https://www.example.com/', secret_headers: web['secret-headers-file'] };
    const { 'secret-headers-file': _, ...asked } = body;
    expect(await ask('POST', '/cloudctl/v1/checks', asked)).toMatchObject({ status: 201 });
    const text = JSON.stringify(await entries());
    expect(text).toContain('secret-headers-file');
    expect(text).not.toContain('geheim');
  });

  it('stay when something else is changed, and go when they are given as empty', async () => {
    const { url, seen } = await serve();
    const { check, ask } = await openBench();
    await check('create', { ...web, url });
    await check('update', { interval: 20_000 });
    expect(await ask('check', 'test', {}, 1)).toMatchObject({ result: { outcome: 'up' } });
    await check('update', { 'secret-headers-file': '' });
    expect(await ask('check', 'test', {}, 1)).toMatchObject({ result: { message: 'status 401' } });
    expect(seen).toEqual([secret, undefined]);
  });

  it('go to no other host than the one that they were given for', async () => {
    const { check } = await openBench();
    await check('create', { ...web, url: 'https://www.example.com/a' });
    await expect(check('update', { url: 'https://evil.example.com/' })).rejects.toThrow('was given for another host');
    expect(await check('update', { url: 'https://www.example.com/b' })).toMatchObject({
      target: 'https://www.example.com/b',
    });
    const again = { url: 'https://other.example.com/', 'secret-headers-file': 'X-Key: k2' };
    expect(await check('update', again)).toMatchObject({ target: 'https://other.example.com/' });
  });

  it.each([
    ['Authorization', 'line 1 is not a header'],
    ['X-A: 1\n\nX B: geheim', 'line 2 is not a header'],
    ['Content-Length: 5', 'made by the request itself'],
  ])('are refused for %j, without a word of what they hold', async (text, message) => {
    const { check } = await openBench();
    const made = check('create', { ...web, url: 'https://a.example.com/', 'secret-headers-file': text });
    await expect(made).rejects.toThrow(message);
    await expect(made).rejects.not.toThrow('geheim');
  });

  it('are not sent over the network in clear', async () => {
    const { check } = await openBench();
    await expect(check('create', { ...web, url: 'http://www.example.com/' })).rejects.toThrow('plain http');
    await expect(
      check('create', { name: 'b', type: 'http', url: 'https://a/', header: ['Authorization: x'] }),
    ).rejects.toMatchObject({ hint: expect.stringContaining('--secret-headers-file') });
  });
});

describe('a check of the own networks', () => {
  it('is refused when it is made, with the key that would allow it', async () => {
    const { check } = await openBench();
    for (const settings of [
      { type: 'tcp', host: '169.254.169.254', port: 80 },
      { type: 'http', url: 'http://0xa9fea9fe/latest/' },
      { type: 'http', url: 'http://[::1]/' },
      { type: 'dns', host: 'a.internal', nameserver: '10.0.0.2' },
    ])
      await expect(check('create', { name: 'x', ...settings })).rejects.toMatchObject({
        code: 'refused',
        hint: expect.stringContaining('allow-private-checks'),
      });
  });

  it('by a name is unknown, not down, and says why', async () => {
    const { check, ask, pass, conditions } = await openBench({
      lookup: async () => [{ address: '10.0.0.3', family: 4 }],
    });
    await check('create', { name: 'db', type: 'tcp', host: 'db.internal', port: 5432 });
    expect(await ask('check', 'test', {}, 1)).toEqual({
      result: {
        outcome: 'unknown',
        message: expect.stringMatching(/db\.internal leads to 10\.0\.0\.3.*allow-private-checks/),
      },
    });
    await pass(200_000);
    expect(await conditions()).toEqual([
      expect.stringMatching(/^\+ check\/1\/unknown: db cannot be told: .*10\.0\.0\.3/),
    ]);
  });
});
