import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fillDisk, onSmallDisk } from '../core/store/small-disk.ts';
import {
  askSocket,
  daemonHome,
  type Home,
  type Started,
  startDaemonProcess,
} from '../daemon/process/daemon-process.ts';
import { run } from '../helpers/run.ts';

const running: Started[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

async function start(home: Home, state = home.state): Promise<Started> {
  // Nobody listens at the endpoint: what the store does is what is looked at.
  const env = { CLOUDCTLD_STATE_DIRECTORY: state, HCLOUD_TOKEN: 'of-nobody'.padEnd(64, 'x') };
  const started = startDaemonProcess(home, { env });
  running.push(started);
  await started.until('ready');
  return started;
}

const cloudctl = (home: Home, line: string) =>
  run(undefined, line, { env: { CLOUDCTL_DAEMON: `unix://${home.socket}` } });
const create = (home: Home, name: string) =>
  cloudctl(home, `schedule create ${name} --server web-1 --cron @daily --keep-last 1`);
const names = async (home: Home) => (await cloudctl(home, 'schedule list -o name')).out.trim().split('\n');

/** Ends it as a crash would, and starts another. */
async function crash(home: Home, { child, ended }: Started, state = home.state): Promise<Started> {
  child.kill('SIGKILL');
  await ended();
  return start(home, state);
}

/** What the daemon said that a person could read, with no trace of a bug. */
function expectWords({ status, err }: { status: number; err: string }, message: RegExp): void {
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n\s+at |see its log|had its effect/);
  expect(status).toBe(8);
}

describe('a running daemon', { timeout: 60_000 }, () => {
  it('on a full disk refuses in words, loses nothing it acknowledged, and goes on when there is room', () =>
    onSmallDisk(async folder => {
      const home = daemonHome();
      const state = join(folder, 'state');
      const daemon = await start(home, state);
      expect((await create(home, 'before')).status).toBe(0);
      const filler = fillDisk(folder);
      // Some pages of the log may be free still.
      let last = await create(home, 'filling-0');
      for (let n = 1; last.status === 0 && n < 40; n += 1) last = await create(home, `filling-${n}`);
      expectWords(last, /cloudctl\.db: no space is left on the disk\nMake room on the disk/);
      const kept = await names(home);
      expect((await askSocket(home.socket, '/readyz')).body).toMatchObject({
        ready: false,
        store: { writable: false },
      });
      rmSync(filler);
      expect((await create(home, 'after')).status).toBe(0);
      await crash(home, daemon, state);
      expect(await names(home)).toEqual([...kept, 'after']);
      expect((await cloudctl(home, 'audit verify')).status).toBe(0);
    }));

  it('whose log was deleted writes no more, says so, and has lost nothing after a crash', async () => {
    const home = daemonHome();
    const daemon = await start(home);
    await create(home, 'one');
    rmSync(join(home.state, 'cloudctl.db-wal'));
    expectWords(
      await create(home, 'two'),
      /cloudctl\.db-wal was removed or replaced.*\nLeave the files to the program/,
    );
    expect((await askSocket(home.socket, '/readyz')).status).toBe(503);
    await crash(home, daemon);
    expect(await names(home)).toEqual(['one']);
    expect((await create(home, 'two')).status).toBe(0);
  });

  it('whose store is damaged under it says so, takes no more, and a copy brings all of it back', async () => {
    const home = daemonHome();
    const daemon = await start(home);
    for (const name of ['one', 'two', 'three']) await create(home, name);
    const copy = join(home.folder, 'copy.db');
    const env = { PATH: process.env.PATH ?? '', HOME: home.folder };
    const cloudctld = (...words: string[]) =>
      spawnSync(process.execPath, ['bin/cloudctld.js', '--config', home.config, ...words], { env, encoding: 'utf8' });
    expect(cloudctld('backup', copy).status).toBe(0);
    daemon.child.kill('SIGTERM');
    await daemon.ended();
    const next = await start(home);
    const file = join(home.state, 'cloudctl.db');
    const handle = openSync(file, 'r+');
    for (let at = 2 * 4096; at < statSync(file).size; at += 4096)
      writeSync(handle, Buffer.alloc(900, 0xa5), 0, 900, at);
    closeSync(handle);
    expectWords(
      await cloudctl(home, 'schedule list'),
      /cloudctl\.db: it is damaged\nStop the daemon, and restore a copy/,
    );
    expectWords(await create(home, 'four'), /it is damaged/);
    expect((await askSocket(home.socket, '/readyz')).body).toMatchObject({ ready: false });
    next.child.kill('SIGKILL');
    await next.ended();
    expect(cloudctld('restore', copy)).toMatchObject({ status: 0, stderr: '' });
    await start(home);
    expect(await names(home)).toEqual(['one', 'two', 'three']);
  });

  it('is not begun on a disk that can only be read, and says why', () =>
    onSmallDisk(async folder => {
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      const home = daemonHome();
      const started = startDaemonProcess(home, { env: { CLOUDCTLD_STATE_DIRECTORY: join(folder, 'state') } });
      expect((await started.ended()).status).toBe(2);
      expect(started.text()).toMatch(
        /^cloudctld: state directory .*: .*the file system (is|may be) read-only\n.*CLOUDCTLD_STATE/,
      );
    }));
});

describe('the token of Hetzner', () => {
  it('is in no command line, and in the environment of nothing that the daemon starts', async () => {
    const home = daemonHome();
    const daemon = await start(home);
    const of = (file: string) => readFileSync(`/proc/${daemon.child.pid}/${file}`, 'utf8');
    expect(of('cmdline')).not.toContain('of-nobody');
    const check = await cloudctl(home, 'schedule run 1');
    expect(check.out + check.err + daemon.text()).not.toContain('of-nobody');
  });
});
