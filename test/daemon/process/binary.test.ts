import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { required, which } from '../../e2e/binary.ts';
import { askSocket, daemonHome, type Home, type Started, startDaemonProcess } from './daemon-process.ts';

const running: Started[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
});

function start(home: Home, options: Parameters<typeof startDaemonProcess>[1] = {}): Started {
  const started = startDaemonProcess(home, options);
  running.push(started);
  return started;
}

async function ready(home: Home, options: Parameters<typeof startDaemonProcess>[1] = {}): Promise<Started> {
  const started = start(home, options);
  await started.until('ready');
  return started;
}

describe('the process of the daemon', () => {
  it('starts without token and network, serves what it knows, and says what it cannot do', async () => {
    const home = daemonHome();
    const daemon = await ready(home);
    expect(await daemon.until('hetzner cannot be used fully')).toMatchObject({ state: 'missing' });
    const { status, body } = await askSocket(home.socket, '/readyz');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ready: true,
      pid: daemon.child.pid,
      store: { writable: true },
      hetzner: { state: 'missing' },
    });
    expect((await askSocket(home.socket, '/metrics')).body).toContain('cloudctl_hetzner_state{state="missing"} 1');
    expect(statSync(home.state).mode & 0o777).toBe(0o700);
    for (const name of ['cloudctl.db', 'store.key', 'cloudctld.json'])
      expect(statSync(join(home.state, name)).mode & 0o077).toBe(0);
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended()).toEqual({ status: 0, signal: null });
    expect(existsSync(home.socket)).toBe(false);
    expect(existsSync(join(home.state, 'cloudctld.json'))).toBe(false);
  });

  it('with a network that does not answer: unreachable, and the token is in no line', async () => {
    const home = daemonHome();
    const token = 'verysecret'.repeat(6).padEnd(64, 'x');
    const daemon = await ready(home, { env: { HCLOUD_TOKEN: token, CLOUDCTLD_LOG_LEVEL: 'debug' } });
    expect(await daemon.until('hetzner cannot be used fully')).toMatchObject({ state: 'unreachable' });
    expect((await askSocket(home.socket, `/${token}`)).status).toBe(404);
    await daemon.until('request');
    expect(daemon.text()).not.toContain('verysecret');
  });

  it('with a token that may only read: says so, in log and status', async () => {
    const sandbox = await startSandbox();
    const home = daemonHome();
    writeFileSync(join(home.folder, 'token'), sandbox.readOnlyToken);
    const env = { CLOUDCTLD_HETZNER_ENDPOINT: sandbox.url, CLOUDCTLD_HETZNER_TOKEN_FILE: join(home.folder, 'token') };
    const daemon = await ready(home, { env });
    expect(await daemon.until('hetzner cannot be used fully')).toMatchObject({ state: 'read-only' });
    expect((await askSocket(home.socket, '/readyz')).body).toMatchObject({
      ready: true,
      hetzner: { state: 'read-only' },
    });
    // Another token in the same file is taken up by a reload.
    writeFileSync(join(home.folder, 'token'), sandbox.token);
    daemon.child.kill('SIGHUP');
    expect(await daemon.until('hetzner accepts the token')).toMatchObject({ state: 'ok' });
    await sandbox.stop();
  });

  it('ends within 10 s of SIGTERM, with connections open and a request that never comes to its end', async () => {
    const home = daemonHome();
    const daemon = await ready(home);
    const idle = connect(home.socket);
    const half = connect(home.socket);
    half.write('POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    half.on('error', () => {});
    idle.on('error', () => {});
    await askSocket(home.socket, '/healthz');
    const begun = performance.now();
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended()).toEqual({ status: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(10_000);
    idle.destroy();
    half.destroy();
  });

  it('ends at once at the second signal', async () => {
    const home = daemonHome();
    const daemon = await ready(home);
    const half = connect(home.socket);
    half.on('error', () => {});
    half.write('POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    await askSocket(home.socket, '/healthz');
    daemon.child.kill('SIGINT');
    await daemon.until('stopping');
    daemon.child.kill('SIGINT');
    expect(await daemon.ended()).toEqual({ status: 130, signal: null });
    half.destroy();
  });

  it('SIGHUP takes over what can change, and names what takes a restart', async () => {
    const home = daemonHome('log-level = "warn"');
    const daemon = start(home, { env: { CLOUDCTLD_LOG_FORMAT: 'json' } });
    await daemon.until('hetzner cannot be used fully');
    home.configure('log-level = "info"\nlisten = "127.0.0.1:0"\n[hooks.a]\ncommand = ["/bin/true"]');
    daemon.child.kill('SIGHUP');
    expect(await daemon.until('reloaded')).toMatchObject({ applied: ['log-level', 'hooks'] });
    expect(await daemon.until('a restart is needed for what has changed')).toMatchObject({ keys: ['listen'] });
    expect((await askSocket(home.socket, '/readyz')).body.configuration).toMatchObject({
      error: null,
      restart_needed_for: ['listen'],
    });
  });

  it('SIGHUP with a bad configuration changes nothing, and that is told', async () => {
    const home = daemonHome('snapshot-limit = 7');
    const daemon = await ready(home);
    home.configure('snapshot-limit = "many"');
    daemon.child.kill('SIGHUP');
    const { reason } = await daemon.until('the new configuration is bad; the old one stays');
    expect(reason).toBe(`${home.config}:4: snapshot-limit takes a whole number`);
    expect((await askSocket(home.socket, '/readyz')).body).toMatchObject({
      ready: true,
      configuration: { error: reason },
    });
    home.configure('snapshot-limit = 8');
    daemon.child.kill('SIGHUP');
    expect(await daemon.until('reloaded')).toMatchObject({ applied: ['snapshot-limit'] });
    expect((await askSocket(home.socket, '/readyz')).body.configuration.error).toBeNull();
  });

  it('is one for a state directory: the second ends with 75 and says who holds it', async () => {
    const home = daemonHome();
    const first = await ready(home);
    const second = start(home, { env: { CLOUDCTLD_SOCKET: join(home.folder, 'other.sock') } });
    expect((await second.ended()).status).toBe(75);
    expect(second.text()).toMatch(
      new RegExp(
        `^cloudctld: another daemon is at work in ${home.state}: process ${first.child.pid} since 20\\d\\d-[^ ]+Z, at ${home.socket}\\n`,
      ),
    );
    expect((await askSocket(home.socket, '/healthz')).status).toBe(200);
  });

  it('of two that start at the same moment one is ready', async () => {
    const home = daemonHome();
    const both = [1, 2, 3].map(() => start(home));
    const outcomes = await Promise.all(
      both.map(one =>
        one.until('ready').then(
          () => 'ready',
          () => 'ended',
        ),
      ),
    );
    expect(outcomes.filter(one => one === 'ready')).toHaveLength(1);
    const ended = both.filter((_, index) => outcomes[index] === 'ended');
    for (const one of ended) expect((await one.ended()).status).toBe(75);
  });

  it('killed, leaves nothing that hinders the next: neither lock nor socket', async () => {
    const home = daemonHome();
    for (let round = 0; round < 3; round += 1) {
      const daemon = await ready(home);
      daemon.child.kill('SIGKILL');
      await daemon.ended();
      expect(existsSync(home.socket)).toBe(true);
    }
    await ready(home);
    expect((await askSocket(home.socket, '/readyz')).body.ready).toBe(true);
  });

  it('with a configuration that is wrong ends with 2, every fault told', async () => {
    const home = daemonHome('log-levl = "x"\nlisten = "nowhere"');
    const daemon = start(home);
    expect((await daemon.ended()).status).toBe(2);
    expect(daemon.text().replaceAll(home.config, 'F')).toBe(
      [
        'cloudctld: 2 faults in the configuration F',
        '  F:4: unknown key: log-levl (Did you mean log-level?)',
        "  F:5: listen: 'nowhere' is not an address and a port (Such as 127.0.0.1:8080 or [::]:8443)",
        '',
      ].join('\n'),
    );
    expect(existsSync(home.state)).toBe(false);
  });

  it('with a file that is named and not there ends with 2', async () => {
    const home = { ...daemonHome(), config: '/nope/cloudctld.toml' };
    const daemon = start(home);
    expect((await daemon.ended()).status).toBe(2);
    expect(daemon.text()).toBe('cloudctld: /nope/cloudctld.toml: there is no such file\n');
  });

  it('with a store that is none ends with 2 and leaves it as it is', async () => {
    const home = daemonHome();
    mkdirSync(home.state);
    writeFileSync(join(home.state, 'cloudctl.db'), 'not a database, but of some length'.repeat(100));
    const daemon = start(home);
    expect((await daemon.ended()).status).toBe(2);
    expect(daemon.text()).toMatch(/cloudctl\.db: it is not a store of cloudctl\n|is not a store of cloudctl\n/);
    expect(readFileSync(join(home.state, 'cloudctl.db'), 'utf8')).toContain('not a database');
  });

  it.runIf(process.getuid?.() === 0)('on a full disk ends with a sentence, and starts when there is room', async () => {
    const home = daemonHome();
    mkdirSync(home.state);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', home.state], { stdio: 'ignore' });
    } catch {
      if (required) throw new Error('a tmpfs cannot be mounted, and this machine must be able to');
      return;
    }
    try {
      execFileSync('sh', ['-c', `head -c 65536 /dev/zero > ${home.state}/filler || true`], { stdio: 'ignore' });
      const daemon = start(home);
      expect((await daemon.ended()).status).toBe(2);
      expect(daemon.text()).toMatch(/^cloudctld: [^\n]*(no space is left|full|ENOSPC)/);
      expect(daemon.text()).not.toContain('    at ');
      execFileSync('mount', ['-o', 'remount,size=8m', home.state]);
      await ready(home);
    } finally {
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(running.map(one => one.ended().catch(() => {})));
      execFileSync('umount', [home.state]);
    }
  });

  const [notify, python] = [which('systemd-notify'), which('python3')];

  it.runIf(notify && python)('tells systemd that it is ready, lives, reloads and stops, in that order', async () => {
    const home = daemonHome();
    const path = join(home.folder, 'notify');
    const listener = spawn(python!, ['test/daemon/process/notify-listener.py', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const messages: string[][] = [];
    createInterface(listener.stdout).on('line', line => void messages.push(JSON.parse(line) as string[]));
    try {
      await expect.poll(() => messages.length).toBe(1);
      const daemon = start(home, { env: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' } });
      const told = (text: string) => messages.filter(lines => lines.some(line => line.startsWith(text))).length;
      await expect.poll(() => told('READY=1'), { timeout: 5_000 }).toBe(1);
      await expect.poll(() => told('WATCHDOG=1'), { timeout: 5_000 }).toBeGreaterThanOrEqual(2);
      daemon.child.kill('SIGHUP');
      await expect.poll(() => told('READY=1'), { timeout: 5_000 }).toBe(2);
      daemon.child.kill('SIGTERM');
      await daemon.ended();
      await expect.poll(() => told('STOPPING=1')).toBe(1);
      const reload = messages.find(lines => lines.includes('RELOADING=1'))!;
      const micros = Number(/\d+/.exec(reload.find(line => line.startsWith('MONOTONIC_USEC='))!)![0]);
      expect(Math.abs(micros / 1e6 - uptime())).toBeLessThan(60);
      const order = messages.flat().filter(line => /^(READY|RELOADING|STOPPING)=/.test(line));
      expect(order).toEqual(['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1']);
    } finally {
      listener.kill();
    }
  });

  it('without systemd spawns nothing', async () => {
    const home = daemonHome();
    const daemon = await ready(home, { env: { WATCHDOG_USEC: '1000', PATH: '/nowhere' } });
    await askSocket(home.socket, '/readyz');
    expect(daemon.text()).not.toContain('systemd was not told');
  });
});

describe('cloudctld', () => {
  it.each([
    [['--version'], 0, /^cloudctld \d+\.\d+\.\d+\n$/],
    [['--help'], 0, /^Usage: cloudctld /],
    [['chek'], 2, /unknown verb 'chek'\nDid you mean cloudctld check\?/],
    [['--colour'], 2, /unknown option '--colour'/],
    [['check', 'x'], 2, /'x' is too much/],
    [['backup'], 2, /needs a file/],
    [['example'], 0, /# state-directory = /],
  ])('%j', async (words, status, said) => {
    const program = start(daemonHome(), { words });
    expect((await program.ended()).status).toBe(status);
    expect(program.text()).toMatch(said);
  });
});
