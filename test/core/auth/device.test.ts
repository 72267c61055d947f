import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awaitSignIn, beginSignIn, pauseAfter } from '../../../src/core/auth/device.ts';
import { Failure } from '../../../src/core/failure.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { Clock } from '../../../src/core/world.ts';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { scripted } from '../../helpers/scripted.ts';
import { failureOf } from '../config/home.ts';

/** A sandbox on a fake clock and a client of it; `meanwhile` happens after each wait. */
async function set(options: SandboxOptions['workos'] = {}, clientId?: string) {
  const time = fakeClock();
  const sandbox = await startSandbox({ clock: time, workos: options });
  onTestFinished(() => sandbox.stop());
  const http = createTransport({ env: {} });
  onTestFinished(() => http.close());
  const side = sandbox.workos;
  const workos = { endpoint: side.url, clientId: clientId ?? side.clientId, http, userAgent: 'cloudctl/test' };
  return { time, side, workos };
}

/** The clock, with something that happens after the n-th wait. */
function clockWith(time: FakeClock, wait: number, happens: () => void): Clock {
  return {
    now: time.now,
    async sleep(ms, signal) {
      await time.sleep(ms, signal);
      if (time.slept.length === wait) happens();
    },
  };
}

const polls = (side: { requests: readonly { grant?: string }[] }) =>
  side.requests.filter(({ grant }) => grant?.endsWith('device_code')).length;

describe('a sign-in', () => {
  it('asks at the interval that it was told, first after one interval, until the person has approved', async () => {
    const { time, side, workos } = await set({ interval: 7 });
    const begun = await beginSignIn(workos, { clock: time });
    expect(begun.userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    expect(polls(side)).toBe(0);
    const clock = clockWith(time, 3, () => side.approve(begun.userCode));
    const account = await awaitSignIn(workos, begun, { clock });
    expect(time.slept).toEqual([7000, 7000, 7000]);
    expect(polls(side)).toBe(3);
    expect(account).toMatchObject({
      user: { id: 'user_sandbox_ada', email: 'ada@example.com' },
      organization: { id: 'org_sandbox' },
      clientId: side.clientId,
      tokens: { expiresAt: time.now() + 300_000, lifetime: 300_000 },
    });
  });

  it('asks more slowly from then on when it is told to', async () => {
    const { time, side, workos } = await set({ interval: 5 });
    const begun = await beginSignIn(workos, { clock: time });
    const clock = clockWith(time, 4, () => side.approve(begun.userCode));
    await awaitSignIn(workos, { ...begun, interval: 2000 }, { clock });
    // The first poll is never too fast; after the second the server wants ten seconds, after one more fifteen.
    expect(time.slept.slice(0, 3)).toEqual([2000, 2000, 7000]);
    expect(time.slept[3]).toBe(12_000);
  });

  it('ends when the person says no', async () => {
    const { time, side, workos } = await set();
    const begun = await beginSignIn(workos, { clock: time });
    side.deny(begun.userCode);
    expect(await failureOf(() => awaitSignIn(workos, begun, { clock: time }))).toMatchObject({
      code: 'unauthorized',
      message: 'the sign-in was denied',
    });
    expect(polls(side)).toBe(1);
  });

  it('ends with the life of its code, counted by what was waited', async () => {
    const { time, side, workos } = await set({ deviceCodeLifetime: 60 });
    const begun = await beginSignIn(workos, { clock: time });
    const failure = await failureOf(() => awaitSignIn(workos, begun, { clock: time }));
    expect(failure).toMatchObject({ code: 'unauthorized', hint: 'cloudctl login' });
    expect(failure.message).toContain('expired');
    expect(polls(side)).toBeLessThanOrEqual(12);
    // A clock that jumps back a day between two polls does not keep it alive.
    const again = await beginSignIn(workos, { clock: time });
    let jump = 0;
    const clock = {
      now: () => time.now() - jump,
      async sleep(ms: number) {
        await time.sleep(ms);
        jump = 86_400_000;
      },
    };
    expect((await failureOf(() => awaitSignIn(workos, again, { clock }))).code).toBe('unauthorized');
  });

  it('goes on through failures of the network and of the server', async () => {
    const { time, side, workos } = await set();
    const begun = await beginSignIn(workos, { clock: time });
    side.approve(begun.userCode);
    side.fault({ kind: 'status', status: 503, path: '/user_management/authenticate' });
    side.fault({ kind: 'reset', path: '/user_management/authenticate' });
    side.fault({ kind: 'garbage', path: '/user_management/authenticate' });
    expect((await awaitSignIn(workos, begun, { clock: time })).user.email).toBe('ada@example.com');
    expect(time.slept).toEqual([5000, 10_000, 20_000, 40_000]);
  });

  it('says that a code was used already, when the reply that had the tokens was lost', async () => {
    const { time, side, workos } = await set();
    const begun = await beginSignIn(workos, { clock: time });
    side.approve(begun.userCode);
    side.fault({ kind: 'lost', path: '/user_management/authenticate' });
    expect(await failureOf(() => awaitSignIn(workos, begun, { clock: time }))).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('used already'),
      hint: 'cloudctl login',
    });
  });

  it('ends at once by Ctrl-C', async () => {
    const { time, side, workos } = await set();
    const begun = await beginSignIn(workos, { clock: time });
    const stop = new AbortController();
    const clock = clockWith(time, 1, () => stop.abort(new Failure('interrupted', 'interrupted')));
    expect(await failureOf(() => awaitSignIn(workos, begun, { clock, signal: stop.signal }))).toMatchObject({
      code: 'interrupted',
    });
    expect(polls(side)).toBe(0);
  });

  it('is not begun with a client id that is not known, nor where the grant is not enabled', async () => {
    const wrong = await set({}, 'client_wrong');
    expect(await failureOf(() => beginSignIn(wrong.workos, { clock: wrong.time }))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('client_wrong'),
      hint: expect.stringContaining('--client-id'),
    });
    const disabled = await set({ deviceGrant: false });
    expect(await failureOf(() => beginSignIn(disabled.workos, { clock: disabled.time }))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('not enabled'),
    });
  });

  it.each([
    {},
    { device_code: 'a', user_code: 'B', verification_uri: 'https://x.example' },
    { device_code: 'a', user_code: 'B', verification_uri: 'https://x.example', expires_in: -1 },
    { device_code: 'a', user_code: 'B', verification_uri: 'https://x.example', expires_in: 1e9 },
    { device_code: '', user_code: 'B', verification_uri: 'https://x.example', expires_in: 300 },
  ])('is not begun by an answer that lacks what it takes (%#)', async answer => {
    const { url } = await scripted([{ request: 'POST /user_management/authorize/device', answer }]);
    const http = createTransport({ env: {} });
    onTestFinished(() => http.close());
    const workos = { endpoint: url, clientId: 'c', http, userAgent: 'u' };
    expect(await failureOf(() => beginSignIn(workos, { clock: fakeClock() }))).toMatchObject({ code: 'unreachable' });
  });
});

describe('the pause before the next question', () => {
  const codes = ['conflict', 'limited', 'unreachable', 'timeout'] as const;

  it('is never shorter than the interval, and the interval never gets shorter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.constantFrom('authorization_pending', 'slow_down'),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 0, max: 600 }),
        (code, apiCode, interval, retryAfter) => {
          const failure = new Failure(code, 'x', {
            ...(code === 'conflict' && { apiCode }),
            ...(code === 'limited' && { details: { retryAfter } }),
          });
          const pause = pauseAfter(failure, { interval, next: interval });
          return (
            pause.next >= pause.interval &&
            pause.interval >= interval &&
            (code !== 'limited' || pause.next >= retryAfter * 1000)
          );
        },
      ),
    );
  });

  it('is as long as the server says', () => {
    const limited = new Failure('limited', 'x', { details: { retryAfter: 42 } });
    expect(pauseAfter(limited, { interval: 5000, next: 5000 })).toEqual({ interval: 5000, next: 42_000 });
  });

  it('does not come after what cannot pass', () => {
    for (const apiCode of ['sso_required', 'mfa_enrollment', 'invalid_client', 'something_new']) {
      const failure = new Failure('forbidden', 'as it was said', { apiCode });
      expect(() => pauseAfter(failure, { interval: 5000, next: 5000 })).toThrow('as it was said');
    }
  });
});
