import { describe, expect, it } from 'vitest';
import { itemsOf } from '../../../src/core/hetzner/locks.ts';
import { type Expected, scripted } from '../../helpers/scripted.ts';
import { action, failed, open, problem } from './open.ts';

const locked: Expected = { request: 'DELETE /servers/42', status: 423, answer: problem('locked') };
const gone: Expected = { request: 'DELETE /servers/42', answer: { action: action(9) } };
const runningOf = (item: string, ...actions: unknown[]): Expected => ({
  request: `GET /${item}/actions?status=running`,
  answer: { actions },
});
const polled = (status: string): Expected => ({
  request: 'GET /actions?id=7',
  answer: { actions: [action(7, { status, ...(status === 'error' && { error: { code: 'x', message: 'y' } }) })] },
});

describe('a call on a locked resource', () => {
  it.each(['success', 'error'])('waits for the action that runs and is made then, though it ended in %s', async end => {
    const { url } = await scripted([locked, runningOf('servers/42', action(7)), polled('running'), polled(end), gone]);
    const { api, clock } = open(url);
    expect(await api.send('DELETE', 'servers/42')).toEqual({ action: action(9) });
    expect(clock.slept).toEqual([500, 500]);
  });

  it('waits for what runs on a resource that its body names', async () => {
    const attach: Expected = { request: 'POST /volumes/1/actions/attach', body: { server: 42 } };
    const { url } = await scripted(
      [
        { ...attach, status: 423, answer: problem('locked') },
        runningOf('volumes/1'),
        runningOf('servers/42', action(7)),
        polled('success'),
        { ...attach, status: 201, answer: { action: action(9) } },
      ],
      { anyOrder: true },
    );
    expect(await open(url).api.send('POST', 'volumes/1/actions/attach', { server: 42 })).toEqual({ action: action(9) });
  });

  it('waits a moment, and longer each time, where nothing is seen to run', async () => {
    const none = runningOf('servers/42');
    const { url } = await scripted([locked, none, locked, none, locked, none, gone]);
    const { api, clock } = open(url);
    await api.send('DELETE', 'servers/42');
    expect(clock.slept).toEqual([1000, 2000, 4000]);
  });

  it('is given up after a minute of that', async () => {
    const rounds = Array.from({ length: 7 }, () => [locked, runningOf('servers/42')]).flat();
    const { url } = await scripted(rounds);
    const { api, clock } = open(url);
    expect(await failed(api.send('DELETE', 'servers/42'))).toMatchObject({ code: 'conflict', apiCode: 'locked' });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(63_000);
  });

  it('is given up at the deadline', async () => {
    const { url } = await scripted([locked, runningOf('servers/42', action(7)), polled('running')]);
    const deadline = Date.parse('2026-11-23T08:00:00.800Z');
    const failure = await failed(open(url, { deadline }).api.send('DELETE', 'servers/42'));
    expect(failure).toMatchObject({ code: 'conflict', apiCode: 'locked' });
  });

  it('is interrupted with the signal', async () => {
    const control = new AbortController();
    const { url } = await scripted([
      locked,
      { ...runningOf('servers/42', action(7)), meanwhile: () => control.abort() },
    ]);
    const failure = await failed(open(url, { signal: control.signal }).api.send('DELETE', 'servers/42'));
    expect(failure.code).toBe('interrupted');
  });

  it('needs nothing of a resource whose actions cannot be listed', async () => {
    const key: Expected = { request: 'PUT /placement_groups/1' };
    const { url } = await scripted([
      { ...key, status: 423, answer: problem('locked') },
      { request: 'GET /placement_groups/1/actions?status=running', status: 404, answer: problem('not_found') },
      { ...key, answer: { placement_group: {} } },
    ]);
    expect(await open(url).api.send('PUT', 'placement_groups/1', {})).toEqual({ placement_group: {} });
  });

  it('fails with the lock when the running actions cannot be asked for', async () => {
    const { url } = await scripted([
      locked,
      { request: 'GET /servers/42/actions?status=running', status: 403, answer: problem('forbidden') },
    ]);
    expect(await failed(open(url).api.send('DELETE', 'servers/42'))).toMatchObject({ apiCode: 'locked' });
  });
});

describe('itemsOf', () => {
  it('names the item of the path and those of the body, each once', () => {
    const call = {
      method: 'POST',
      path: 'servers/1/actions/x',
      body: { server: 1, network: 2, volumes: [3, 'name'] },
    } as const;
    expect(itemsOf(call)).toEqual(['servers/1', 'networks/2', 'volumes/3']);
    expect(itemsOf({ method: 'POST', path: 'volumes', body: { server: 5, size: 10 } })).toEqual(['servers/5']);
  });
});
