import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { runBinary, untilEnd, which } from './binary.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { printLines } from './hcloud-lines.ts';
import { pythonFaults, pythonPrints, pythonSteps, runSteps } from './hcloud-steps.ts';

const hcloud = which('hcloud');
const python = which('python3');
const openssl = which('openssl');

/** Some lines are refused while what the one before began goes on. */
const atOnce = { speed: Number.POSITIVE_INFINITY };

type Env = Readonly<Record<string, string>>;

/** Runs hcloud as whoever has that token. One that hangs is ended, and fails. */
const runner =
  (url: string, token: string, more: Env = {}) =>
  async (line: string) => {
    const env = { HOME: temporaryHome(), HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: url, ...more };
    const { stdout } = await promisify(execFile)(hcloud!, line.split(' '), { env, timeout: 30_000 });
    return stdout;
  };

async function runPython(url: string, token: string, more: Env = {}, script = pythonSteps): Promise<string> {
  const env = { HOME: temporaryHome(), HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: url, ...more };
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', script], { env, timeout: 60_000 });
  return stdout;
}

const owned = 'server volume network firewall placement-group ssh-key floating-ip primary-ip certificate'.split(' ');
const catalogue = ['location', 'server-type', 'iso', 'load-balancer-type', 'image'];

/** What a list has, as whoever runs it sees it, without the labels of the gateway. */
const listAs = (run: (line: string) => Promise<string>) => async (noun: string) =>
  JSON.parse(await run(`${noun} list -o json`), (key, value) =>
    key === 'labels'
      ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('cloudctl/')))
      : value,
  );

/** A certificate for this machine's loopback address, made as docs/gateway.md tells. */
function certify(): { cert: string; key: string } {
  const recipe = /```sh\n(openssl req [^`]*)```/.exec(readFileSync('docs/gateway.md', 'utf8'))![1]!;
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-tls-'));
  const line = recipe.replaceAll('\\\n', ' ').replaceAll('cloud.example.com', 'localhost');
  execFileSync('/bin/sh', ['-c', line], { cwd: folder, stdio: 'ignore' });
  return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
}

describe.skipIf(!hcloud)("Debian's hcloud through the gateway", { timeout: 180_000 }, () => {
  it.each(['client', 'admin'])('does for a %s all that it does at Hetzner itself, and its waits end', async role => {
    const { url, token } = await startGateway({ speed: 10 });
    await runSteps(runner(url, await token('ada@x.test', role)));
  });

  it('prints for a client what it prints at Hetzner itself, to the letter, and fails where it fails there', async () => {
    const [sandbox, { url, token }] = await Promise.all([startSandbox(atOnce), startGateway(atOnce)]);
    onTestFinished(() => sandbox.stop());
    const client = runner(url, await token('ada@x.test', 'client'));
    const [direct, through] = await Promise.all([printLines(runner(sandbox.url, sandbox.token)), printLines(client)]);
    expect(direct.length).toBeGreaterThan(80);
    expect(through).toEqual(direct);
  });

  it('lists for an administrator what there is, and for a client what is its own', async () => {
    const { url, token, sandbox } = await startGateway({ speed: 100 });
    const [ada, bob, boss] = [
      runner(url, await token('ada@x.test', 'client')),
      runner(url, await token('bob@x.test', 'client')),
      runner(url, await token('boss@x.test', 'admin')),
    ];
    for (const line of [
      'network create --name net --ip-range 10.0.0.0/16',
      'firewall create --name fw',
      'server create --name web-1 --type cx23 --image debian-13 --location fsn1 --label env=prod',
      'volume create --name data --size 10 --server web-1',
      'placement-group create --name pg --type spread',
      'floating-ip create --type ipv4 --home-location fsn1 --name vip',
    ]) {
      await ada(line);
    }
    const direct = listAs(runner(sandbox.url, sandbox.token));
    const names = (items: readonly { readonly name: string }[] | null) => (items ?? []).map(({ name }) => name);
    for (const noun of [...owned, ...catalogue]) {
      expect([noun, await listAs(boss)(noun)]).toEqual([noun, await direct(noun)]);
    }
    for (const noun of catalogue) expect([noun, await listAs(bob)(noun)]).toEqual([noun, await direct(noun)]);
    const made = { server: 'web-1', volume: 'data', network: 'net', firewall: 'fw', 'placement-group': 'pg' };
    for (const [noun, name] of Object.entries(made)) {
      expect([noun, names(await listAs(ada)(noun))]).toEqual([noun, [name]]);
      expect([noun, names(await listAs(bob)(noun))]).toEqual([noun, []]);
    }
    const other = runner(url.replace('/v1', '/projects/default/v1'), await token('ada@x.test', 'client'));
    expect(names(await listAs(other)('server'))).toEqual(['web-1']);
    expect(await ada('server describe web-1 -o json')).toContain('"env":"prod"');
    for (const line of ['server describe web-1', 'server delete web-1', 'server create-image web-1 --type snapshot']) {
      await expect(bob(line)).rejects.toThrow(/server not found: web-1/i);
    }
  });

  it('is told in words what its token may not, and is let in no more when it is revoked', async () => {
    const { url, token, admin } = await startGateway({ speed: 100 });
    const run = runner(url, await token('ada@x.test', 'client', '--permission servers:read,images:read,ssh_keys:read'));
    expect(await run('server list')).toContain('NAME');
    await expect(run('server create --name x --type cx23 --image debian-13')).rejects.toThrow('servers:create');
    await admin('token revoke ada-0');
    await expect(run('server list')).rejects.toThrow('the token was revoked');
  });

  it('has what it needs from one command of who has signed in with a password', async () => {
    const { url, token, admin } = await startGateway({ speed: 100 });
    await token('ada@x.test', 'client');
    const HOME = temporaryHome();
    const ada = async (line: string, stdin = '') => {
      const { status, out, err } = await runBinary(undefined, line.split(' '), { env: { HOME }, stdin });
      expect({ line, status, err: status === 0 ? '' : err }).toEqual({ line, status: 0, err: '' });
      return out;
    };
    await ada(`context create team --endpoint ${url.replace('/v1', '')}`);
    await ada('login --email ada@x.test --password-file -', 'correct horse battery');
    const lines = (await ada('gateway env --ttl 1h')).matchAll(/^export (\w+)='(.*)'$/gm);
    const { HCLOUD_ENDPOINT, HETZNER_ENDPOINT, HCLOUD_TOKEN } = Object.fromEntries(
      [...lines].map(line => line.slice(1)),
    );
    expect([HCLOUD_ENDPOINT, HETZNER_ENDPOINT]).toEqual([url, url]);
    const run = runner(url, HCLOUD_TOKEN);
    expect(await run('server create --name web-1 --type cx23 --image debian-13')).toContain('created');
    expect(await ada('server list -o name')).toBe('web-1\n');
    await admin('user disable ada@x.test');
    await expect(run('server list')).rejects.toThrow('unauthorized');
  });

  it.runIf(which('script'))('takes a token of the gateway for one of its contexts', async () => {
    const { url, token } = await startGateway();
    const given = await token('ada@x.test', 'client');
    // It looks for the home in the list of users, not in HOME.
    const HCLOUD_CONFIG = join(temporaryHome(), 'cli.toml');
    const env = { PATH: process.env.PATH, HCLOUD_CONFIG, HCLOUD_ENDPOINT: url };
    const child = spawn('script', ['-qec', `${hcloud} context create team`, '/dev/null'], { env });
    let isAsked = false;
    child.stdout.on('data', text => {
      if (!isAsked && String(text).includes('Token:')) child.stdin.write(`${given}\n`);
      isAsked ||= String(text).includes('Token:');
    });
    expect((await untilEnd(child)).out).toContain('activated');
    const { stdout } = await promisify(execFile)(hcloud!, ['server', 'list', '-o', 'noheader'], { env });
    expect(stdout).toBe('');
  });
});

describe.skipIf(!python)("Debian's python3-hcloud through the gateway", { timeout: 120_000 }, () => {
  it.each(['client', 'admin'])('does for a %s all that it does at Hetzner itself', async role => {
    const { url, token } = await startGateway({ speed: 50 });
    expect(await runPython(url, await token('ada@x.test', role))).toBe(pythonPrints);
  });
});

describe.skipIf(!python)('what goes wrong', { timeout: 120_000 }, () => {
  it('is told to the library for Python as Hetzner tells it, with details', async () => {
    const [sandbox, { url, token }] = await Promise.all([startSandbox(atOnce), startGateway(atOnce)]);
    onTestFinished(() => sandbox.stop());
    const direct = await runPython(sandbox.url, sandbox.token, {}, pythonFaults);
    expect(direct.match(/^(?!done)\w/gm)).toHaveLength(11);
    expect(await runPython(url, await token('ada@x.test', 'client'), {}, pythonFaults)).toBe(direct);
  });
});

describe.skipIf(!hcloud || !python || !openssl)('over TLS', { timeout: 120_000 }, () => {
  it('each client trusts a certificate that was made for the gateway, by a variable, and no other', async () => {
    const { cert, key } = certify();
    const gateway: Gateway = await startGateway(
      { speed: 50 },
      { CLOUDCTLD_LISTEN: 'localhost:0', CLOUDCTLD_TLS_CERT: cert, CLOUDCTLD_TLS_KEY: key },
    );
    const url = gateway.url.replace(/127\.0\.0\.1|\[::1\]/, 'localhost');
    const token = await gateway.token('ada@x.test', 'client');
    expect(await runner(url, token, { SSL_CERT_FILE: cert })('location list')).toContain('fsn1');
    await expect(runner(url, token)('location list')).rejects.toThrow('x509');
    const own = { url, token };
    const cloudctl = (env: Env) => runBinary(own, ['location', 'list', '-o', 'name'], { env });
    expect((await cloudctl({ NODE_EXTRA_CA_CERTS: cert })).out).toContain('fsn1');
    expect((await cloudctl({})).err).toMatch(/certificate/);
    expect(await runPython(url, token, { REQUESTS_CA_BUNDLE: cert })).toBe(pythonPrints);
    await expect(runPython(url, token)).rejects.toThrow('CERTIFICATE_VERIFY_FAILED');
  });
});
