import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/core/api.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { type Expected, scripted } from '../../helpers/scripted.ts';
import { action, failed, open, problem } from './open.ts';

const done = (id: number) => action(id, { status: 'success', progress: 100 });
const bad = (id: number, message = 'no room') =>
  action(id, { status: 'error', error: { code: 'action_failed', message } });
const poll = (ids: readonly number[], ...actions: readonly Action[]): Expected => ({
  request: `GET /actions?${ids.map(id => `id=${id}`).join('&')}`,
  answer: { actions },
});

describe('wait', () => {
  it('asks ten times at half a second, then at times growing by half up to two and a half', async () => {
    const { url } = await scripted([...Array.from({ length: 16 }, () => poll([1], action(1))), poll([1], done(1))]);
    const { api, clock } = open(url);
    await api.wait([action(1)]);
    expect(clock.slept).toEqual([...Array(10).fill(500), 750, 1125, 1687.5, 2500, 2500, 2500, 2500]);
  });

  it('asks at a constant interval when one is given', async () => {
    const { url } = await scripted([...Array.from({ length: 11 }, () => poll([1], action(1))), poll([1], done(1))]);
    const { api, clock } = open(url, { pollInterval: 200 });
    await api.wait([action(1)]);
    expect(clock.slept).toEqual(Array(12).fill(200));
  });

  it('asks nothing about what has ended', async () => {
    const { url, received } = await scripted([]);
    await open(url).api.wait([done(1), done(2)]);
    await open(url).api.wait([]);
    expect(received).toEqual([]);
  });

  it('tells of each change once, the end too', async () => {
    const { url } = await scripted([
      poll([1], action(1, { progress: 50 })),
      poll([1], action(1, { progress: 50 })),
      poll([1], done(1)),
    ]);
    const told: string[] = [];
    await open(url).api.wait([action(1)], ({ status, progress }) => told.push(`${status} ${progress}`));
    expect(told).toEqual(['running 50', 'success 100']);
  });

  it('asks about twenty-five in one request, and about more in several', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => index + 1);
    const { url } = await scripted(
      [poll(ids.slice(0, 25), ...ids.slice(0, 25).map(done)), poll(ids.slice(25), ...ids.slice(25).map(done))],
      { anyOrder: true },
    );
    await open(url).api.wait(ids.map(id => action(id)));
  });

  it('shares its requests with all other waits of the client', async () => {
    const { url } = await scripted([poll([1, 2], done(1), action(2)), poll([2], done(2))]);
    const { api } = open(url);
    const ends: number[] = [];
    const both = api.wait([action(1), action(2)]).then(() => ends.push(12));
    await Promise.all([both, api.wait([action(1)]).then(() => ends.push(1))]);
    expect(ends).toEqual([1, 12]);
  });

  it('asks about a newcomer in time, and lets the others ride along', async () => {
    const clock = fakeClock(undefined, { auto: false });
    const slow = Array.from({ length: 12 }, () => poll([1], action(1)));
    let polled = 0;
    const count = (one: Expected): Expected => ({
      ...one,
      meanwhile: () => {
        polled += 1;
      },
    });
    const { url } = await scripted([...slow.map(count), poll([2, 1], done(1), done(2))]);
    const { api } = open(url, { clock });
    const first = api.wait([action(1)]);
    const settle = async (wanted: number) => {
      while (polled < wanted) await new Promise(setImmediate);
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    };
    for (const [index, ms] of [...Array(10).fill(500), 750, 1125].entries()) {
      await clock.advance(ms);
      await settle(index + 1);
    }
    const second = api.wait([action(2)]);
    await new Promise(setImmediate);
    await clock.advance(500);
    await Promise.all([first, second]);
  });

  it('throws when one has failed, only after all have ended', async () => {
    const { url } = await scripted([poll([1, 2], bad(1), action(2)), poll([2], done(2))]);
    const failure = await failed(open(url).api.wait([action(1), action(2)]));
    expect(failure).toMatchObject({ code: 'refused', message: 'start_server failed: no room (action_failed)' });
    expect(failure.details).toEqual([bad(1)]);
  });

  it('counts the failed ones when there are several, those that had failed before too', async () => {
    const { url } = await scripted([poll([1, 2], bad(1), done(2))]);
    const failure = await failed(open(url).api.wait([action(1), action(2), bad(3)]));
    expect(failure.message).toBe('2 of 3 actions failed');
    expect(failure.details).toEqual([bad(1), bad(3)]);
  });

  it('has words for an action that fails without a reason', async () => {
    const { url } = await scripted([]);
    const failure = await failed(open(url).api.wait([action(1, { status: 'error' })]));
    expect(failure.message).toBe('start_server failed: no reason given (unknown_error)');
  });

  it('asks by itself for an action that is missing from the answer', async () => {
    const { url } = await scripted([poll([1]), { request: 'GET /actions/1', answer: { action: done(1) } }]);
    await open(url).api.wait([action(1)]);
  });

  it('takes an action for failed that the API does not know any more', async () => {
    const { url } = await scripted([
      poll([1]),
      { request: 'GET /actions/1', status: 404, answer: problem('not_found') },
    ]);
    const failure = await failed(open(url).api.wait([action(1)]));
    expect(failure).toMatchObject({ code: 'refused' });
    expect(failure.message).toContain('start_server failed: the API does not know the action any more');
  });

  it('waits on while a status is one that it does not know', async () => {
    const { url } = await scripted([poll([1], action(1, { status: 'queued' })), poll([1], done(1))]);
    await open(url).api.wait([action(1)]);
  });
});

describe('a wait that cannot go on', () => {
  it('ends at the deadline and names the command that waits on', async () => {
    const { url } = await scripted([poll([1, 2], done(1), action(2)), poll([2], action(2))]);
    const deadline = Date.parse('2026-11-23T08:00:01.200Z');
    const failure = await failed(open(url, { deadline }).api.wait([action(1), action(2)]));
    expect(failure).toMatchObject({ code: 'timeout', hint: 'cloudctl action wait 2' });
    expect(failure.message).toBe('no end in time of action 2, which goes on');
  });

  it('ends at the signal, asleep or asking, and leaves the actions to go on', async () => {
    const asking = new AbortController();
    const first = await scripted([{ ...poll([1, 2], action(1), action(2)), meanwhile: () => asking.abort() }]);
    const failure = await failed(open(first.url, { signal: asking.signal }).api.wait([action(1), action(2)]));
    expect(failure).toMatchObject({ code: 'interrupted', hint: 'cloudctl action wait 1 2' });
    expect(failure.message).toBe('stopped waiting for 2 actions, which go on');

    const asleep = new AbortController();
    const { url } = await scripted([]);
    const waiting = failed(
      open(url, { signal: asleep.signal, clock: fakeClock(0, { auto: false }) }).api.wait([action(1)]),
    );
    asleep.abort();
    expect(await waiting).toMatchObject({ code: 'interrupted', hint: 'cloudctl action wait 1' });
  });

  it('ends with the failure of the API, for all that wait, and a later one starts anew', async () => {
    const { url } = await scripted([
      { ...poll([1, 2]), status: 401, answer: problem('unauthorized') },
      poll([3], done(3)),
    ]);
    const { api } = open(url);
    const both = await Promise.all([failed(api.wait([action(1)])), failed(api.wait([action(2)]))]);
    expect(both.map(({ code, hint }) => [code, hint])).toEqual([
      ['unauthorized', 'cloudctl action wait 1'],
      ['unauthorized', 'cloudctl action wait 2'],
    ]);
    await api.wait([action(3)]);
  });

  it('is not ended by a poll that fails and passes again', async () => {
    const { url } = await scripted([{ ...poll([1]), status: 503, answer: problem('unavailable') }, poll([1], done(1))]);
    await open(url).api.wait([action(1)]);
  });
});
