import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../../src/core/real-world.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { loadConfiguration } from '../../../src/daemon/config/read.ts';
import { type Daemon, startDaemon } from '../../../src/daemon/daemon.ts';
import { daemonMain } from '../../../src/daemon/process.ts';
import { askSocket, daemonHome, type Home } from './daemon-process.ts';

const running: Daemon[] = [];
afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.stop();
});

function worldOf(home: Home, env: Record<string, string> = {}) {
  const lines: string[] = [];
  const world = {
    env: { HOME: home.folder, ...env },
    platform: 'linux',
    uid: 1000,
    pid: process.pid,
    host: 'test',
    user: 'ada',
    clock: realClock,
    random: () => 0.5,
    http: createTransport({ env: {} }),
    output: { write: (line: string) => void lines.push(line), isTTY: false },
  };
  return { world, messages: () => lines.map(line => JSON.parse(line).msg as string) };
}

async function start(home: Home, env: Record<string, string> = {}) {
  const { world, messages } = worldOf(home, env);
  const load = () => loadConfiguration(world, home.config);
  const daemon = await startDaemon(world, await load(), load);
  running.push(daemon);
  return { daemon, messages };
}

/** What a command line of cloudctld prints and ends with. */
async function call(home: Home, ...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await daemonMain(['--config', home.config, ...words], worldOf(home).world, {
    out: { write: text => out.push(text) },
    err: { write: text => err.push(text) },
    on: () => {},
    onBug: () => {},
    exit: () => {
      throw new Error('ended');
    },
  });
  return { status, out: out.join(''), err: err.join('') };
}

describe('a daemon in this process', () => {
  it('starts everything, reloads, and leaves nothing when it has stopped', async () => {
    const home = daemonHome('listen = "127.0.0.1:0"');
    const { daemon, messages } = await start(home);
    expect(daemon.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await askSocket(home.socket, '/readyz')).body).toMatchObject({ ready: true, listen: daemon.address });
    const { body } = await askSocket(home.socket, '/metrics');
    for (const name of [
      'build_info',
      'uptime_seconds',
      'resident_memory_bytes',
      'event_loop_lag_seconds',
      'jobs',
      'store_commit_seconds_count',
      'hetzner_state',
    ]) {
      expect(body).toContain(`\ncloudctl_${name}`);
    }
    home.configure('snapshot-limit = 4\nlisten = "127.0.0.1:0"');
    await Promise.all([daemon.reload(), daemon.reload()]);
    expect(messages().filter(message => message === 'reloaded')).toHaveLength(2);
    home.configure('nonsense');
    await daemon.reload();
    expect(messages()).toContain('the new configuration is bad; the old one stays');
    await Promise.all([daemon.stop(), daemon.stop()]);
    expect(existsSync(home.socket)).toBe(false);
    expect(existsSync(join(home.state, 'cloudctld.json'))).toBe(false);
  });

  it('takes requests without a body, and bodies whose length is not told first', async () => {
    const home = daemonHome();
    await start(home);
    const ask = (method: string, path: string, chunks: string[] = []) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const headers = chunks.length > 0 ? { 'transfer-encoding': 'chunked', 'content-type': 'application/json' } : {};
        const options = { socketPath: home.socket, path: `/cloudctl/v1/${path}`, method, headers };
        const request = http.request(options, async answer => {
          resolve({ status: answer.statusCode!, text: (await answer.toArray()).join('') });
        });
        request.on('error', reject);
        for (const chunk of chunks) request.write(chunk);
        request.end();
      });
    expect(await ask('POST', 'freeze', ['{"reason"', ': "so"}'])).toMatchObject({ status: 200 });
    // Of something that is not there: the request itself was understood.
    expect(await ask('DELETE', 'schedules/1')).toMatchObject({ status: 404 });
    const large = await ask('POST', 'freeze', [`"${'x'.repeat(2 ** 20)}"`]);
    expect([large.status, large.text]).toEqual([422, expect.stringContaining('larger than')]);
  });

  it('that cannot listen gives back what it had taken', async () => {
    const home = daemonHome();
    writeFileSync(join(home.folder, 'run'), 'a file where a folder belongs');
    await expect(start(home)).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(join(home.state, 'cloudctld.json'))).toBe(false);
    const other = { ...home, config: join(home.folder, 'other.toml') };
    writeFileSync(other.config, readFileSync(home.config, 'utf8').replace(home.socket, join(home.folder, 's.sock')));
    await start(other);
  });

  it('holds its state directory against another in the same process too', async () => {
    const home = daemonHome();
    await start(home);
    await expect(start(home)).rejects.toMatchObject({ code: 'busy', details: { pid: process.pid } });
  });
});

describe('the verbs of cloudctld', () => {
  it('tell where the daemon is, however bad the rest is', async () => {
    const home = daemonHome('nonsense = 1');
    expect(JSON.parse((await call(home, 'where')).out)).toMatchObject({
      state_directory: home.state,
      socket: home.socket,
      faults: 1,
    });
    const { status, err } = await call(home, 'check', '--json');
    expect([status, JSON.parse(err).error.code]).toEqual([2, 'usage']);
  });

  it('check in lines for people', async () => {
    const { status, out } = await call(daemonHome('listen = "127.0.0.1:0"'), 'check');
    expect(status).toBe(0);
    expect(out).toMatch(/^Configuration: +\/.*\nState: .*\nStore: .*cloudctl\.db\nSocket: .*, for ada\n/);
    expect(out).toContain('Warning:');
  });

  it('copy and restore the store', async () => {
    const home = daemonHome();
    const copy = join(home.folder, 'copy.db');
    expect((await call(home, 'backup', copy)).status).toBe(5);
    const { daemon } = await start(home);
    expect((await call(home, 'backup', copy)).status).toBe(0);
    expect((await call(home, 'restore', copy)).status).toBe(75);
    await daemon.stop();
    expect((await call(home, 'restore', copy)).status).toBe(0);
    home.configure('store = "mysql://a:b@h/d"');
    expect((await call(home, 'backup', `${copy}2`)).err).toContain('the store is MySQL, whose own tools copy it');
  });
});
