import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
import { scripted } from '../../helpers/scripted.ts';
import { failed, open, problem } from './open.ts';

const path = 'servers/1/actions/create_image';
const request = `POST /${path}`;

describe('a client that sends changes once', () => {
  it.each([
    [503, 'unavailable', true],
    [423, 'locked', false],
    [429, 'rate_limit_exceeded', false],
    [409, 'conflict', false],
  ])('does not try again after %i %s', async (status, code, ambiguous) => {
    const { url, received } = await scripted([{ request, status, answer: problem(code) }]);
    const { api, clock } = open(url, { once: 1000 });
    expect(await failed(api.send('POST', path, {}))).toMatchObject({ apiCode: code, ambiguous });
    expect(received).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  it('nor after an answer that was lost, since only who asked knows whether it may look and ask again', async () => {
    const { url, received } = await scripted([{ request, behaviour: 'reset' }]);
    expect(await failed(open(url, { once: 1000 }).api.send('POST', path, {}))).toMatchObject({
      code: 'unreachable',
      ambiguous: true,
    });
    expect(received).toHaveLength(1);
  });

  it('still tries again to read', async () => {
    const down = { request: 'GET /servers/1', status: 503, answer: problem('unavailable') };
    const { url } = await scripted([down, { request: 'GET /servers/1', answer: { server: { id: 1 } } }]);
    expect(await open(url, { once: 1000 }).api.send('GET', 'servers/1')).toEqual({ server: { id: 1 } });
  });

  it('sends nothing when its time was over before the request could leave, and says so', async () => {
    const { url, received } = await scripted([]);
    const clock = fakeClock();
    // The process is stopped while the token is fetched.
    const token = async () => {
      await clock.advance(60_000);
      return 'x'.repeat(64);
    };
    const failure = await failed(open(url, { once: 1000, clock, token }).api.send('POST', path, {}));
    expect(failure).toMatchObject({ code: 'timeout', ambiguous: false });
    expect(received).toHaveLength(0);
  });

  it('does not wait its turn beyond its time when requests are short', async () => {
    const spent = { 'ratelimit-limit': '3600', 'ratelimit-remaining': '0', 'ratelimit-reset': '1900000000' };
    const { url, received } = await scripted(Array(2).fill({ request: 'GET /servers/1', headers: spent, answer: {} }));
    const { api } = open(url, { once: 100 });
    for (let reads = 0; reads < 2; reads += 1) await api.send('GET', 'servers/1');
    expect(await failed(api.send('POST', path, {}))).toMatchObject({ code: 'limited', ambiguous: false });
    expect(received).toHaveLength(2);
  });
});
