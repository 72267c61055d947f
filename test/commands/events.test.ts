import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { summaryOf } from '../../src/commands/events/line.ts';
import { main } from '../../src/commands/program.ts';
import type { EventType } from '../../src/core/events/types.ts';
import { happened } from '../../src/core/store/happened.ts';
import { listenOnPort, listenOnSocket, openApi } from '../daemon/api/served.ts';
import { fakeClock } from '../helpers/clock.ts';
import { fakeWorld, run, temporaryHome, words } from '../helpers/run.ts';
import { fakeScreen } from '../helpers/screen.ts';

/** A daemon on a socket whose events are looked for all the time, and a command line that uses it. */
async function desk() {
  const api = await openApi();
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const add = (type: EventType, data: unknown = {}) =>
    api.store.commit([happened(api.store, Date.parse('2026-11-25T10:00:00Z'), type, data)]);
  return { ...api, env, add, cloudctl: (line: string) => run(undefined, line, { env }) };
}

/** A command line that goes on until `end`, which resolves with its status; what it has written is looked at meanwhile. */
function begin(line: string, env: Record<string, string>, out = fakeScreen(), clock = fakeClock()) {
  const stop = new AbortController();
  const world = { ...fakeWorld(undefined, { env, clock, signal: stop.signal }), out };
  const done = main(words(line), world);
  onTestFinished(() => stop.abort());
  return {
    out,
    err: () => world.err.text(),
    done,
    shows: (text: string | RegExp) => vi.waitFor(() => expect(out.text).toMatch(text), { timeout: 10_000 }),
    end: () => {
      stop.abort();
      return done;
    },
  };
}

describe('cloudctl events', () => {
  it('shows the newest of what happened, the oldest of them first, and those of some types', async () => {
    const { cloudctl, add } = await desk();
    await add('check.down', { check: { id: 1, name: 'web', kind: 'http' }, before: 'up', reason: 'it was refused' });
    await add('alert.firing', { key: 'check/1', labels: { check: 'web' } });
    await add('inbox.new', { title: 'web is down' });
    const { status, out } = await cloudctl('events');
    expect(status).toBe(0);
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^ID +AGE +TYPE +ABOUT$/),
      expect.stringMatching(/^1 .* check\.down +check=web before=up reason="it was refused"$/),
      expect.stringMatching(/^2 .* alert\.firing +key=check\/1 labels=check=web$/),
    ]);
    const types = async (line: string) =>
      JSON.parse((await cloudctl(line)).out).map((one: { type: string }) => one.type);
    expect(await types('events --type check,inbox -o json')).toEqual(['check.down', 'inbox.new']);
    expect(await types('events --type alert.firing -o json')).toEqual(['alert.firing']);
    expect(await types('events -n 1 -o json')).toEqual(['inbox.new']);
    expect(await types('events -n 1 --type check -o json')).toEqual(['check.down']);
    expect(await types('events --after 1 -o json')).toEqual(['alert.firing', 'inbox.new']);
    expect(await types('events -n 0 -o json')).toEqual([]);
  });

  it('says what is wrong with its flags', async () => {
    const { cloudctl } = await desk();
    expect(await cloudctl('events --type bakup')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/no events of 'bakup'\nDid you mean backup\?/),
    });
    expect(await cloudctl("events --type 'alert.%'")).toMatchObject({ status: 2 });
    expect(await cloudctl('events -n -1')).toMatchObject({ status: 2 });
    expect(await cloudctl('events -n 1 --after 2')).toMatchObject({ status: 2 });
    expect(await cloudctl('events -f -o yaml')).toMatchObject({ status: 2 });
  });

  it('fails where no daemon is, as any command', async () => {
    const env = { CLOUDCTL_DAEMON: `unix://${temporaryHome()}/none.sock`, HOME: temporaryHome() };
    expect(await run(undefined, 'events --follow', { env })).toMatchObject({ status: 8 });
  });
});

describe('cloudctl events --follow', () => {
  it('writes what happens as it happens, nothing of before, and ends with 130 at Ctrl-C', async () => {
    const { env, add } = await desk();
    await add('check.up', { check: { name: 'before' } });
    const following = begin('events --follow --type check', env);
    // Asked for until it is heard: when the command listens is not told.
    const adding = setInterval(() => void add('check.down', { check: { name: 'web\u001b[2J' } }), 100);
    onTestFinished(() => clearInterval(adding));
    await following.shows(/2026-11-25T10:00:00Z {2}check\.down {10}check=web\\x1b\[2J\n/);
    clearInterval(adding);
    expect(await following.end()).toBe(130);
    expect(following.out.text).not.toContain('before');
    expect(following.err()).toBe('');
  });

  it('is one JSON object a line for programs', async () => {
    const { env, add } = await desk();
    await add('backup.done', { server: { name: 'web-1' } });
    const following = begin('events --follow -n 5 -o json', env);
    await following.shows(/\n/);
    expect(JSON.parse(following.out.text)).toEqual({
      ...{ id: 1, at: '2026-11-25T10:00:00.000Z', type: 'backup.done' },
      data: { server: { name: 'web-1' } },
    });
    expect(await following.end()).toBe(130);
  });

  it('ends quietly when its reader has gone', async () => {
    const { env, add } = await desk();
    for (const n of [1, 2, 3]) await add('check.up', { n });
    const following = begin('events --follow -n 3', env, fakeScreen({ closeAfter: 1 }));
    expect(await following.done).toBe(0);
    expect(following.out.writes).toHaveLength(1);
    expect(following.err()).toBe('');
  });

  it('ends with 0 when its time is over', async () => {
    const { env } = await desk();
    const clock = fakeClock(undefined, { auto: false });
    const following = begin('events --follow --timeout 1m', env, fakeScreen(), clock);
    await vi.waitFor(() => expect(clock.slept).toEqual([60_000]));
    await clock.advance(60_000);
    expect(await following.done).toBe(0);
  });

  it('goes on where it was when the daemon has ended the stream and is there again, and has nothing to say of it', async () => {
    const api = await openApi();
    const add = (n: number) => api.store.commit([happened(api.store, 1_764_064_800_000, 'check.up', { n })]);
    await add(1);
    const home = temporaryHome();
    const token = 'admin-token-of-the-test'.padEnd(64, 'x');
    const second = await openApi({ store: api.store });
    // The same address before and after: a port whose first daemon ends every stream.
    let turn = 0;
    const pick = {
      fetch: (...given: Parameters<typeof api.app.fetch>) => (turn === 0 ? api : second).app.fetch(...given),
    };
    const url = await listenOnPort(pick as typeof api.app, 'socket');
    writeFileSync(`${home}/token`, token);
    const env = { CLOUDCTL_DAEMON: `${url}/cloudctl/v1`, CLOUDCTL_DAEMON_TOKEN: token, HOME: home };
    const following = begin('events --follow -n 1', env);
    await following.shows('n=1\n');
    turn = 1;
    await add(2);
    api.stop.abort();
    await following.shows('n=2\n');
    await add(3);
    await following.shows('n=3\n');
    expect(await following.end()).toBe(130);
    expect(following.out.text.match(/n=\d/g)).toEqual(['n=1', 'n=2', 'n=3']);
    expect(following.err()).toBe('');
  });
});

describe('what an event is about', () => {
  it('is told by names, and in one line', () => {
    expect(summaryOf({ server: { id: 1, name: 'web-1' }, volumes: [{ name: 'a' }, { name: 'b' }], reason: null })).toBe(
      'server=web-1 volumes=a,b',
    );
    expect(summaryOf({ reason: 'say "no"' })).toBe(String.raw`reason="say \"no\""`);
    expect(summaryOf('text')).toBe('text');
    expect(summaryOf(null)).toBe('');
  });
});
