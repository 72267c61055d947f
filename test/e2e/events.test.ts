import { type ChildProcess, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { daemonHome, startDaemonProcess } from '../daemon/process/daemon-process.ts';
import { run } from '../helpers/run.ts';
import { startBinary, which } from './binary.ts';
import { startGateway } from './gateway.ts';

/** The built daemon, and the built program that follows its events. */
async function open(...flags: string[]) {
  const home = daemonHome();
  const start = async () => {
    const started = startDaemonProcess(home, { env: { HCLOUD_TOKEN: 'of-nobody'.padEnd(64, 'x') } });
    onTestFinished(() => void started.child.kill('SIGKILL'));
    await started.until('ready');
    return started;
  };
  const daemon = await start();
  const env = { CLOUDCTL_DAEMON: `unix://${home.socket}` };
  const create = async (name: string) => {
    const line = `schedule create ${name} --server web-1 --cron @daily --keep-last 1`;
    expect((await run(undefined, line, { env })).status).toBe(0);
  };
  await create('first');
  const child = startBinary(undefined, ['events', '--follow', '-n', '1', ...flags], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { daemon, start, create, child, ...listenTo(child) };
}

/** What a program has said so far, and how it ends. */
function listenTo(child: ChildProcess) {
  const said = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', text => {
    said.out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', text => {
    said.err += text;
  });
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const shows = (text: string) => vi.waitFor(() => expect(said.out).toContain(text), { timeout: 20_000, interval: 20 });
  return { said, ended, shows };
}

describe('the built program that follows the events', { timeout: 60_000 }, () => {
  it('goes on after the daemon was killed and started again, misses nothing, and ends with 130 at Ctrl-C', async () => {
    const { daemon, start, create, child, said, ended, shows } = await open();
    await shows('name=first\n');
    daemon.child.kill('SIGKILL');
    await daemon.ended();
    await vi.waitFor(() => expect(said.err).toMatch(/events are missing for now: .*; trying again\n/));
    await start();
    await create('second');
    await create('third');
    await shows('name=third\n');
    expect(said.out.match(/name=\w+/g)).toEqual(['name=first', 'name=second', 'name=third']);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said.err.match(/trying again/g)).toHaveLength(1);
  });

  it('ends quietly when its reader has gone', async () => {
    const { create, child, said, ended, shows } = await open('-o', 'json');
    await shows('"name":"first"');
    child.stdout!.destroy();
    await create('second');
    expect(await ended).toBe(0);
    expect(said.err).toBe('');
  });

  it('keeps no daemon from ending', async () => {
    const { daemon, said, shows } = await open();
    await shows('name=first\n');
    const asked = Date.now();
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended()).toMatchObject({ status: 0 });
    expect(Date.now() - asked).toBeLessThan(5_000);
    await vi.waitFor(() => expect(said.err).toContain('; trying again'));
  });
});

describe('the events of the built daemon', { timeout: 60_000 }, () => {
  it('end within seconds for whom they are none of any more, with what the daemon says, at a quiet time too', async () => {
    const { token, admin, url } = await startGateway();
    const follow = async (email: string) => {
      const env = { CLOUDCTL_DAEMON: new URL(url).origin, CLOUDCTL_DAEMON_TOKEN: await token(email, 'operator') };
      const child = startBinary(undefined, ['events', '--follow', '--after', '0'], { env });
      onTestFinished(() => void child.kill('SIGKILL'));
      return listenTo(child);
    };
    const [olga, otto] = [await follow('olga@x.test'), await follow('otto@x.test')];
    await admin('daemon freeze');
    await Promise.all([olga.shows('daemon.frozen'), otto.shows('daemon.frozen')]);
    await admin('token revoke olga-0');
    await admin('user update otto@x.test --role client');
    const changed = Date.now();
    expect(await Promise.all([olga.ended, otto.ended])).toEqual([4, 4]);
    expect(Date.now() - changed).toBeLessThan(8_000);
    expect(olga.said.err).toContain('the token was revoked');
    expect(otto.said.err).toContain('daemon:read');
  });
});

const openssl = which('openssl');

describe.runIf(openssl)('the events of a daemon elsewhere', { timeout: 60_000 }, () => {
  it('come over https, by a token, and go on after the daemon was gone', async () => {
    const home = daemonHome();
    const [cert, key, token] = ['cert.pem', 'key.pem', 'token'].map(name => join(home.folder, name));
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -out ${cert} -keyout ${key}`;
    execFileSync(openssl!, words.split(' '), { stdio: 'ignore' });
    const secret = 'of-the-administrator'.padEnd(64, 'x');
    writeFileSync(token!, secret, { mode: 0o600 });
    const configure = (listen: string) =>
      home.configure(`listen = "${listen}"\ntls-cert = "${cert}"\ntls-key = "${key}"\nadmin-token-file = "${token}"`);
    const start = async () => {
      const started = startDaemonProcess(home, { env: { HCLOUD_TOKEN: 'of-nobody'.padEnd(64, 'x') } });
      onTestFinished(() => void started.child.kill('SIGKILL'));
      const { listen } = await started.until('ready');
      return { ...started, port: new URL(String(listen)).port };
    };
    configure('127.0.0.1:0');
    const first = await start();
    configure(`127.0.0.1:${first.port}`);
    const create = (name: string) =>
      run(undefined, `schedule create ${name} --server web-1 --cron @daily --keep-last 1`, {
        env: { CLOUDCTL_DAEMON: `unix://${home.socket}` },
      });
    await create('first');
    const child = startBinary(undefined, ['events', '--follow', '-n', '1'], {
      env: {
        CLOUDCTL_DAEMON: `https://localhost:${first.port}`,
        CLOUDCTL_DAEMON_TOKEN: secret,
        NODE_EXTRA_CA_CERTS: cert!,
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const heard = listenTo(child);
    await heard.shows('name=first\n');
    first.child.kill('SIGKILL');
    await first.ended();
    await start();
    await create('second');
    await heard.shows('name=second\n');
    expect(heard.said.out.match(/name=\w+/g)).toEqual(['name=first', 'name=second']);
    expect(heard.said.err).not.toContain(secret);
    child.kill('SIGINT');
    expect(await heard.ended).toBe(130);
  });
});
