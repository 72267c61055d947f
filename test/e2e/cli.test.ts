import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exchange, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { createValidator } from '../helpers/schema.ts';
import { node24, plainEnvironment, program, runBinary, startBinary, untilEnd } from './binary.ts';

const validator = createValidator();
const violations: string[] = [];
const observe = (exchange: Exchange) => void violations.push(...(validator?.checkRequest(exchange) ?? []));

const nodes = [
  ['20', process.execPath],
  ['24', node24()],
] as const;

describe.each(nodes.filter(([, node]) => node !== undefined))('the built command line under Node %s', (_, node) => {
  let sandbox: Sandbox;
  const cloudctl = (line: string, options: Parameters<typeof runBinary>[2] = {}) =>
    runBinary(sandbox, line.split(' '), { node, ...options });

  beforeAll(async () => {
    sandbox = await startSandbox({ speed: 50, rateLimit: 1e9, seed: { servers: 3 }, observe });
  });
  afterAll(() => sandbox.stop());

  it('does the main job', async () => {
    const home = temporaryHome();
    const env = { HOME: home, CLOUDCTL_YES: '1' };
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo';
    const steps: [argv: string[], out?: RegExp][] = [
      [['key', 'create', '--name', 'laptop', '--public-key', key], /laptop/],
      [
        [
          'server',
          'create',
          '--name',
          'app',
          '--type',
          'cx23',
          '--image',
          'debian-13',
          '--location',
          'fsn1',
          '--ssh-key',
          'laptop',
        ],
        /app +running/,
      ],
      [['volume', 'create', '--name', 'data', '--size', '20', '--location', 'fsn1'], /20 GB/],
      [['volume', 'attach', 'data', '--server', 'app'], /attach done/],
      [['snapshot', 'create', 'app', '--shutdown', '--description', 'before'], /app/],
      [['server', 'describe', 'app', '--query', 'status', '-o', 'json'], /"running"/],
      [['server', 'list', '-o', 'name'], /^web-0001\nweb-0002\nweb-0003\napp\n$/],
      [['volume', 'detach', 'data']],
      [['volume', 'delete', 'data']],
      [['snapshot', 'delete', 'before']],
      [['server', 'delete', 'app']],
      [['key', 'delete', 'laptop']],
    ];
    for (const [argv, out] of steps) {
      const ended = await runBinary(sandbox, argv, { node, env });
      expect({ argv, ...ended }).toMatchObject({ status: 0 });
      if (out) expect(ended.out).toMatch(out);
    }
  });

  it('says on standard output the data only, and JSON errors on standard error', async () => {
    const { status, out, err } = await cloudctl('server describe nope -o json');
    expect({ status, out }).toEqual({ status: 5, out: '' });
    expect(JSON.parse(err).error).toMatchObject({ code: 'not_found', message: 'server not found: nope', exit: 5 });
  });

  it('never asks without a terminal', async () => {
    expect(await cloudctl('server delete web-0001')).toMatchObject({ status: 2, out: '' });
    const { status, err } = await cloudctl('server create --name x');
    expect({ status, err }).toMatchObject({
      status: 2,
      err: expect.stringMatching(/--type.*--image|--image.*--type/s),
    });
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const line = `${node} ${program} server list -o json | head -c 10`;
    const child = spawn('bash', ['-c', `set -o pipefail; ${line}`], { env: plainEnvironment(sandbox), stdio: 'pipe' });
    expect(await untilEnd(child)).toMatchObject({ status: 0, err: '' });
  });

  it('says that the disk is full', async () => {
    const child = startBinary(sandbox, ['server', 'list'], {
      node,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    const { status, err } = await untilEnd(child);
    expect(status).toBe(1);
    expect(err).toContain('no space left');
  });

  it('works without a home, and with one that cannot be written', async () => {
    const home = temporaryHome();
    mkdirSync(join(home, '.cache'));
    chmodSync(join(home, '.cache'), 0o500);
    chmodSync(home, 0o500);
    expect(await cloudctl('server list -o id', { env: { HOME: home } })).toMatchObject({ status: 0, err: '' });
    expect(await cloudctl('server list -o id', { env: { HOME: '' } })).toMatchObject({ status: 0, err: '' });
  });

  it('names the variables when there is no credential, exit 4', async () => {
    const { status, err } = await runBinary(undefined, ['server', 'list'], { node });
    expect(status).toBe(4);
    expect(err).toMatch(/CLOUDCTL_TOKEN.*HCLOUD_TOKEN/s);
  });

  it('stops waiting on Ctrl-C, and says how to go on', async () => {
    const slow = await startSandbox({ seed: { servers: 1 }, actionDuration: 60_000 });
    try {
      const child = startBinary(slow, ['server', 'reboot', 'web-0001'], { node });
      const ended = untilEnd(child);
      await new Promise<void>(resolve => {
        child.stderr!.on('data', (text: string) => {
          if (text.includes('Waiting')) resolve();
        });
      });
      child.kill('SIGINT');
      const { status, err } = await ended;
      expect(status).toBe(130);
      expect(err).toMatch(/cloudctl action wait \d+/);
    } finally {
      await slow.stop();
    }
  });

  it('fails within seconds where nothing listens', async () => {
    const taken = createServer();
    const port = await new Promise<number>(resolve =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    await new Promise(resolve => taken.close(resolve));
    const nowhere = { url: `http://127.0.0.1:${port}/v1`, token: sandbox.token };
    const started = Date.now();
    const { status, err } = await runBinary(nowhere, ['server', 'list'], { node });
    expect(status).toBe(8);
    expect(err).toContain('127.0.0.1');
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('takes user data from a pipe, byte for byte', async () => {
    const data = `#cloud-config\n# ${'ü'.repeat(1000)}\n`;
    const argv = 'server create --name ud --type cx23 --image debian-13 --user-data-from-file -'.split(' ');
    expect(await runBinary(sandbox, argv, { node, stdin: data })).toMatchObject({ status: 0 });
    const sent = sandbox.requests.find(({ body }) => (body as { name?: string } | undefined)?.name === 'ud');
    expect(sent?.body).toMatchObject({ user_data: data });
    await runBinary(sandbox, ['server', 'delete', 'ud', '--yes'], { node });
  });

  it('never shows a token or a password in debug output', async () => {
    const { err } = await cloudctl('server reset-password web-0001 --debug');
    expect(err).toContain('reset_password');
    expect(err).not.toContain(sandbox.token);
    expect(err).not.toMatch(/root_password"?: ?"[^"[*<]/);
  });

  it('opens no native module', () => {
    const files = readdirSync('dist').filter(name => name.endsWith('.js'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(readFileSync(join('dist', file), 'utf8')).not.toMatch(/better-sqlite3|\.node['"]/);
  });
});

describe('the sandbox command', () => {
  it('starts, sets up a shell, and stops', () => {
    const env = plainEnvironment(undefined);
    const cloudctl = (...argv: string[]) =>
      execFileSync(process.execPath, [program, ...argv], { env, encoding: 'utf8', stdio: 'pipe' });
    expect(cloudctl('sandbox', 'start', '--seed-servers', '2')).toContain('http://127.0.0.1:');
    try {
      const shell = `eval "$(${process.execPath} ${program} sandbox env)" && ${process.execPath} ${program} server list -o name`;
      expect(execFileSync('bash', ['-c', shell], { env, encoding: 'utf8' })).toBe('web-0001\nweb-0002\n');
      expect(() => cloudctl('sandbox', 'start')).toThrow(/running already/);
      cloudctl('sandbox', 'reset');
    } finally {
      cloudctl('sandbox', 'stop');
    }
    expect(() => cloudctl('sandbox', 'status')).toThrow(/no sandbox is running/);
  });
});

afterAll(() => expect(violations).toEqual([]));
