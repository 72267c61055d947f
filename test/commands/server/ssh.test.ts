import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { run, temporaryHome } from '../../helpers/run.ts';

let sandbox: Sandbox;
let home: string;
const clock = fakeClock();
const openServers: Server[] = [];

beforeEach(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 10 }, speed: Number.POSITIVE_INFINITY });
  home = temporaryHome();
});
afterEach(async () => {
  for (const server of openServers.splice(0)) server.close();
  await sandbox.stop();
});

/** A program called ssh that writes down its arguments and then runs the script. */
function fakeSsh(script = 'exit 0'): { env: Record<string, string>; words: () => string[] } {
  const folder = join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  const told = join(home, 'arguments');
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${told}'\n${script}\n`);
  chmodSync(join(folder, 'ssh'), 0o755);
  return { env: { HOME: home, PATH: folder }, words: () => readFileSync(told, 'utf8').trimEnd().split('\n') };
}

const cloudctl = (line: string, env: Record<string, string> = { HOME: home }) => run(sandbox, line, { clock, env });
const known = () => join(home, '.local/state/cloudctl/known_hosts');
const fileOf = (words: readonly string[]) => /UserKnownHostsFile="(.+)"/.exec(words.join(' '))![1]!;

/** Has the first server answer on loopback, greeting as told. */
async function answerWith(greeting: string | undefined): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    if (greeting === undefined) socket.destroy();
    else socket.write(greeting);
  });
  openServers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  for (const ip of sandbox.state.primary_ips.values()) if (ip.type === 'ipv4') ip.ip = '127.0.0.1';
  return (server.address() as { port: number }).port;
}

describe('cloudctl server ssh', () => {
  it('runs ssh with what was typed after the server, and ends with its status', async () => {
    const { env, words } = fakeSsh('exit 7');
    const { status } = await cloudctl('server ssh -u admin -p 2222 -i key web-0001 -L 8080:localhost:80', env);
    expect(status).toBe(7);
    expect(words().slice(0, 6)).toEqual(['-l', 'admin', '-p', '2222', '-i', 'key']);
    expect(words().slice(-3)).toEqual([expect.stringMatching(/^198\.18\./), '-L', '8080:localhost:80']);
  });

  it('leaves flags behind the server to ssh, whatever they are', async () => {
    const { env, words } = fakeSsh();
    await cloudctl('server ssh web-0001 -v --wait=true --help -o json', env);
    expect(words().slice(-5)).toEqual(['-v', '--wait=true', '--help', '-o', 'json']);
    await cloudctl('server ssh web-0001 -- ls -l', env);
    expect(words().slice(-2)).toEqual(['ls', '-l']);
  });

  it('passes on 128 and the signal that ended ssh', async () => {
    const { env } = fakeSsh('kill -TERM $$');
    expect((await cloudctl('server ssh web-0001', env)).status).toBe(143);
  });

  it('says when ssh is not installed', async () => {
    const { status, err } = await cloudctl('server ssh web-0001', { HOME: home, PATH: join(home, 'empty') });
    expect([status, err]).toEqual([2, expect.stringContaining('ssh is not installed')]);
  });

  it('refuses a server that is off, with the command that helps', async () => {
    const { status, err } = await cloudctl('server ssh web-0010');
    expect([status, err]).toEqual([6, expect.stringContaining('cloudctl server poweron web-0010')]);
  });

  it('connects by IPv6, or to a private address', async () => {
    const [row] = sandbox.state.servers.values();
    const address = async (flags: string) =>
      (await cloudctl(`server ssh --print ${flags} web-0001`)).out.trim().split(' ').at(-1);
    expect(await address('--ipv6')).toMatch(/^2001:db8:.*::1$/);
    expect((await cloudctl('server ssh --print --network first web-0001')).status).toBe(5);
    const { network } = JSON.parse((await cloudctl('api POST networks -f name=back -f ip_range=10.0.0.0/16')).out);
    row!.private_net = [{ network: network.id, ip: '10.0.0.2', alias_ips: [], mac_address: '' }];
    expect(await address('--network first')).toBe('10.0.0.2');
    expect(await address('--network back')).toBe('10.0.0.2');
    expect((await cloudctl('server ssh --print --network other web-0001')).status).toBe(5);
  });

  it.each(['--port 0', '--port 70000', '--ipv6 --network first'])('refuses %s', async flags => {
    expect((await cloudctl(`server ssh ${flags} web-0001`)).status).toBe(2);
  });
});

describe('the host key', () => {
  it('is kept in a file for the server, which survives until it is rebuilt', async () => {
    const { env, words } = fakeSsh();
    await cloudctl('server ssh web-0001', env);
    const file = fileOf(words());
    expect(file.startsWith(known())).toBe(true);
    expect(words()).toContain(`HostKeyAlias=cloudctl-${[...sandbox.state.servers.keys()][0]}`);
    writeFileSync(file, 'the key');
    await cloudctl('server reboot web-0001');
    await cloudctl('server ssh web-0001', env);
    expect(readFileSync(file, 'utf8')).toBe('the key');
    await cloudctl('server rebuild web-0001 --image debian-13 --yes');
    await cloudctl('server ssh web-0001', env);
    expect(existsSync(file)).toBe(false);
  });

  it('is forgotten on demand', async () => {
    const { env, words } = fakeSsh();
    await cloudctl('server ssh web-0001', env);
    writeFileSync(fileOf(words()), 'the key');
    await cloudctl('server ssh --new-host-key web-0001', env);
    expect(existsSync(fileOf(words()))).toBe(false);
  });

  it('is left to ssh where there is no home', async () => {
    const { env, words } = fakeSsh();
    await run(sandbox, 'server ssh web-0001', { clock, env: { ...env, HOME: '' } });
    expect(words().join(' ')).not.toContain('UserKnownHostsFile');
  });

  it('needs no list of actions where the role does not show it', async () => {
    const { env, words } = fakeSsh();
    sandbox.fault({ kind: 'status', status: 403, code: 'forbidden', path: '/servers/*/actions', times: 9 });
    expect((await cloudctl('server ssh web-0001', env)).status).toBe(0);
    expect(words().join(' ')).toContain('UserKnownHostsFile');
  });

  it('cannot be kept in a folder that is none', async () => {
    writeFileSync(join(home, 'file'), '');
    const { status, err } = await cloudctl('server ssh web-0001', { HOME: home, XDG_STATE_HOME: join(home, 'file') });
    expect([status, err]).toEqual([2, expect.stringContaining('Set XDG_STATE_HOME')]);
  });
});

describe('cloudctl server ssh --wait', () => {
  it('waits until SSH answers', async () => {
    const { env, words } = fakeSsh();
    const port = await answerWith('hello\r\nSSH-2.0-test\r\n');
    const { status, err } = await cloudctl(`server ssh --wait -p ${port} web-0001 uptime`, env);
    expect(status).toBe(0);
    expect(err).toContain(`Waiting for SSH on web-0001 (127.0.0.1 port ${port})`);
    expect(words().at(-1)).toBe('uptime');
  });

  it('gives up after 3 minutes, or --timeout', async () => {
    const port = await answerWith(undefined);
    for (const [flags, seconds] of [
      ['', 180],
      ['--timeout 10s', 10],
    ] as const) {
      const started = clock.now();
      const { status, err } = await cloudctl(`server ssh --wait ${flags} -p ${port} web-0001`);
      expect([status, err]).toEqual([8, expect.stringContaining('does not answer by SSH')]);
      expect((clock.now() - started) / 1000).toBe(seconds);
    }
  });
});
