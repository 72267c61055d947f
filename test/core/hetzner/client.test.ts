import { describe, expect, it, onTestFinished } from 'vitest';
import { logTransport } from '../../../src/core/debug.ts';
import { Failure } from '../../../src/core/failure.ts';
import { hetznerApi } from '../../../src/core/hetzner/client.ts';
import { faultError } from '../../../src/core/transport/faults.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { HttpRequest } from '../../../src/core/world.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { type Expected, scripted } from '../../helpers/scripted.ts';
import { action, failed, open, problem, token } from './open.ts';

const get: Expected = { request: 'GET /servers/42' };
const down: Expected = { ...get, status: 503, answer: problem('unavailable') };
const good: Expected = { ...get, answer: { server: { id: 42 } } };

describe('a request', () => {
  it('carries token, user agent and what it takes, and a content type only with a body', async () => {
    const { url, received } = await scripted([good, { request: 'PUT /servers/42', body: { name: 'new' }, answer: {} }]);
    const { api } = open(url);
    expect(await api.send('GET', 'servers/42')).toEqual({ server: { id: 42 } });
    await api.send('PUT', 'servers/42', { name: 'new' });
    const [first, second] = received.map(({ headers }) => headers);
    expect(first).toMatchObject({
      authorization: `Bearer ${token}`,
      'user-agent': 'cloudctl/test',
      accept: 'application/json',
    });
    expect(first!['content-type']).toBeUndefined();
    expect(second).toMatchObject({ 'content-type': 'application/json', 'content-length': '14' });
  });

  it('takes an endpoint with a slash at its end, and sends its query', async () => {
    const { url } = await scripted([{ request: 'GET /images?type=a&type=b&x=true', answer: {} }]);
    await open(`${url}/`).api.send('GET', 'images', undefined, { type: ['a', 'b'], x: true, none: undefined });
  });

  it('gives undefined for an answer without a body', async () => {
    const { url } = await scripted([{ request: 'DELETE /ssh_keys/1', status: 204 }]);
    expect(await open(url).api.send('DELETE', 'ssh_keys/1')).toBeUndefined();
  });

  it('has no key when it goes to Hetzner, and one for each POST when the server knows them', async () => {
    const { url, received } = await scripted([
      { request: 'POST /servers', answer: {} },
      { request: 'POST /servers', behaviour: 'reset' },
      { request: 'POST /servers', answer: {} },
      { request: 'POST /servers/1/actions/create_image', answer: {}, body: {} },
      { request: 'GET /x', answer: {} },
    ]);
    await open(url).api.send('POST', 'servers', {});
    const { api } = open(url, { direct: false });
    await api.send('POST', 'servers', {});
    await api.send('POST', 'servers/1/actions/create_image', {});
    await api.send('GET', 'x');
    const [direct, lost, again, image, read] = received.map(({ headers }) => headers['idempotency-key']);
    expect(direct).toBeUndefined();
    expect(lost).toMatch(/^[0-9a-f-]{36}$/);
    expect(again).toBe(lost);
    expect(image).not.toBe(lost);
    expect(read).toBeUndefined();
  });

  it('is not sent to what is no URL', () => {
    expect(() => open('api.hetzner.cloud')).toThrow('the endpoint is not a URL: api.hetzner.cloud');
  });
});

describe('a call that fails', () => {
  it('is tried again after growing waits, and answered in the end', async () => {
    const { url } = await scripted([
      down,
      { ...get, behaviour: 'reset' },
      { ...get, behaviour: 'cutoff', answer: {} },
      good,
    ]);
    const { api, clock } = open(url);
    expect(await api.send('GET', 'servers/42')).toEqual({ server: { id: 42 } });
    expect(clock.slept).toEqual([250, 500, 1000]);
  });

  it('is given up after five, with the correlation id of the last', async () => {
    const { url } = await scripted([...Array(5).fill(down), { ...down, headers: { 'x-correlation-id': 'last' } }]);
    expect(await failed(open(url).api.send('GET', 'servers/42'))).toMatchObject({
      code: 'unreachable',
      apiCode: 'unavailable',
      correlationId: 'last',
    });
  });

  it('of another kind is not tried again', async () => {
    const details = { fields: [{ name: 'name', messages: ['is taken'] }] };
    const { url } = await scripted([
      { request: 'POST /servers', status: 422, answer: problem('invalid_input', details) },
    ]);
    expect(await failed(open(url).api.send('POST', 'servers', { name: 'x' }))).toMatchObject({
      code: 'refused',
      details,
    });
  });

  it('is a DELETE that is done when the item is gone on the second try', async () => {
    const { url } = await scripted([
      { request: 'DELETE /servers/42', behaviour: 'reset' },
      { request: 'DELETE /servers/42', status: 404, answer: problem('not_found') },
    ]);
    expect(await open(url).api.send('DELETE', 'servers/42')).toBeUndefined();
  });

  it('leaves it open whether a change was made, and says so', async () => {
    const lost: Expected = { request: 'PUT /servers/42', behaviour: 'reset' };
    const { url } = await scripted(Array(6).fill(lost));
    const failure = await failed(open(url).api.send('PUT', 'servers/42', {}));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
    expect(failure.hint).toContain('Look before you send it again');
  });

  it('is no answer of the API, which is said at once', async () => {
    const { url } = await scripted([{ ...get, text: '<html>' }]);
    const failure = await failed(open(url).api.send('GET', 'servers/42'));
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ did not answer as the Hetzner API \(HTTP 200, text\/html\)$/);
  });

  it('is stopped by the signal while it waits to be tried again', async () => {
    const control = new AbortController();
    const { url } = await scripted([{ ...down, meanwhile: () => control.abort() }]);
    const clock = fakeClock(0, { auto: false });
    const failure = await failed(open(url, { signal: control.signal, clock }).api.send('GET', 'servers/42'));
    expect(failure.code).toBe('interrupted');
  });

  it('is a bug when it is no Failure, and shown as one', async () => {
    const http = async () => {
      throw new TypeError('broken');
    };
    expect(await failed(open('http://localhost/v1', { http }).api.send('GET', 'x'))).toMatchObject({
      code: 'unexpected',
    });
  });
});

describe('the rate limit', () => {
  const limited: Expected = { ...get, status: 429, answer: problem('rate_limit_exceeded') };

  it('is waited for about a second at a time, for five minutes where no deadline is given', async () => {
    const { url } = await scripted([...Array(30).fill(limited), good]);
    const { api, clock } = open(url);
    await api.send('GET', 'servers/42');
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(30 * 1250);
  });

  it('ends in `limited` at the deadline, though the API says to come back in an hour', async () => {
    const headers = { 'ratelimit-limit': '3600', 'ratelimit-remaining': '0', 'ratelimit-reset': '9999999999' };
    const { url } = await scripted(Array(4).fill({ ...limited, headers }));
    const clock = fakeClock();
    const failure = await failed(open(url, { clock, deadline: clock.now() + 4000 }).api.send('GET', 'servers/42'));
    expect(failure).toMatchObject({ code: 'limited', exit: 7 });
  });

  it('has requests spread before it is reached, and ends in `limited` when there is no time for that', async () => {
    const headers = { 'ratelimit-limit': '3600', 'ratelimit-remaining': '2' };
    const low: Expected = { ...good, headers };
    const { url } = await scripted(Array(6).fill(low), { anyOrder: true });
    const { api, clock } = open(url);
    await api.send('GET', 'servers/42');
    await Promise.all([1, 2, 3].map(() => api.send('GET', 'servers/42')));
    expect(clock.slept).toEqual([1000, 1000]);
    const hasty = open(url, { clock, deadline: clock.now() + 500 }).api;
    await hasty.send('GET', 'servers/42');
    const results = await Promise.allSettled([1, 2].map(() => hasty.send('GET', 'servers/42')));
    expect(results.map(result => result.status === 'rejected' && result.reason.code)).toContain('limited');
  });
});

describe('the deadline', () => {
  const answering = (seen: HttpRequest[]) => async (request: HttpRequest) => {
    seen.push(request);
    return { status: 200, headers: {}, body: '{}' };
  };

  it('bounds each exchange, which otherwise has its own time', async () => {
    const seen: HttpRequest[] = [];
    const clock = fakeClock(0);
    const basics = { endpoint: 'http://localhost', token, http: answering(seen), clock, userAgent: 'x' };
    await hetznerApi({ ...basics, httpTimeout: 5000, deadline: 2000 }).send('GET', 'a');
    await hetznerApi({ ...basics, httpTimeout: 5000 }).send('GET', 'a');
    await hetznerApi({ ...basics, httpTimeout: 0 }).send('GET', 'a');
    expect(seen.map(({ timeout }) => timeout)).toEqual([2000, 5000, Number.POSITIVE_INFINITY]);
  });

  it('lets nothing be sent after it', async () => {
    const seen: HttpRequest[] = [];
    const { api } = open('http://localhost', { http: answering(seen), clock: fakeClock(1000), deadline: 1000 });
    expect(await failed(api.send('GET', 'a'))).toMatchObject({ code: 'timeout', ambiguous: false });
    expect(seen).toEqual([]);
  });
});

describe('a token that is not constant', () => {
  it('is asked for anew for each request', async () => {
    const { url, received } = await scripted([good, good]);
    let count = 0;
    const { api } = open(url, { token: async () => `token-${++count}` });
    await api.send('GET', 'servers/42');
    await api.send('GET', 'servers/42');
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('that was refused is followed by one more try with a newer one, a change too, since nothing was done', async () => {
    const refused: Expected = { request: 'POST /servers', status: 401, answer: problem('unauthorized') };
    const { url, received } = await scripted([refused, { request: 'POST /servers', answer: { server: { id: 1 } } }]);
    const asked: unknown[] = [];
    const token = async (old?: string) => {
      asked.push(old);
      return old === undefined ? 'old' : 'new';
    };
    expect(await open(url, { token }).api.send('POST', 'servers', { name: 'web' })).toEqual({ server: { id: 1 } });
    expect(asked).toEqual([undefined, 'old']);
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('that is refused when it is new, or of which there is no newer one, is refused', async () => {
    const refused: Expected = { ...get, status: 401, answer: problem('unauthorized') };
    const twice = await scripted([refused, refused]);
    const newer = async (old?: string) => (old === undefined ? 'old' : 'new');
    expect(await failed(open(twice.url, { token: newer }).api.send('GET', 'servers/42'))).toMatchObject({ exit: 4 });
    const once = await scripted([refused]);
    expect(await failed(open(once.url, { token: async () => 'same' }).api.send('GET', 'servers/42'))).toMatchObject({
      code: 'unauthorized',
    });
  });

  it('that cannot be had ends the call at once, and nothing was sent', async () => {
    const { url } = await scripted([]);
    const cause = faultError('SIGN_IN', 'x');
    const token = () => Promise.reject(new Failure('unreachable', 'the sign-in cannot be refreshed', { cause }));
    const { api, clock } = open(url, { token });
    const failure = await failed(api.send('POST', 'servers', { name: 'web' }));
    expect(failure).toMatchObject({ message: 'the sign-in cannot be refreshed', ambiguous: false });
    expect(clock.slept).toEqual([]);
  });
});

describe('the debug log', () => {
  it('has each request and answer and never the token, even when it is sent back', async () => {
    const lines: string[] = [];
    const { url } = await scripted([
      { request: 'POST /servers', answer: { root_password: 'hunter2', note: `you sent ${token}` } },
      { ...get, behaviour: 'reset' },
      good,
    ]);
    const http = createTransport({ env: {} });
    onTestFinished(() => http.close());
    const { api } = open(url, { http: logTransport(http, fakeClock(), line => void lines.push(line)) });
    await api.send('POST', 'servers', { name: 'web', user_data: 'hunter2' });
    await api.send('GET', 'servers/42');
    const text = lines.join('\n');
    expect(text).not.toMatch(new RegExp(`${token}|hunter2`));
    expect(text).toContain(`> POST ${url}/servers`);
    expect(text).toContain('"note":"you sent [redacted]"');
    expect(text).toMatch(/! GET .* unreachable after 0 ms/);
  });
});

describe('the parts together', () => {
  it('wait for an action that a call has started', async () => {
    const { url } = await scripted([
      { request: 'POST /servers/42/actions/poweron', status: 201, answer: { action: action(7) } },
      { request: 'GET /actions?id=7', answer: { actions: [action(7, { status: 'success' })] } },
    ]);
    const { api } = open(url);
    const answer = await api.send<{ action: ReturnType<typeof action> }>('POST', 'servers/42/actions/poweron');
    await api.wait([answer.action]);
  });
});
