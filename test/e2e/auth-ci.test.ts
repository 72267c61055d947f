import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome } from '../helpers/run.ts';
import { authHome, countGrants, type SignInSandbox, startSignInSandbox } from './auth-home.ts';
import { type Ended, node24, program, untilEnd } from './binary.ts';

const nodes = [
  ['20', process.execPath],
  ['24', node24()],
] as const;

// A part of the path is a device, so that nothing can ever be made there.
const impossible = '/dev/null/home';
const strace = (process.env.PATH ?? '')
  .split(':')
  .map(folder => join(folder, 'strace'))
  .find(existsSync);

let sandbox: SignInSandbox;
beforeAll(async () => {
  sandbox = await startSignInSandbox({ seed: { servers: 2 }, speed: Number.POSITIVE_INFINITY });
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

type Variables = Readonly<Record<string, string>>;

const ways = (): [way: string, env: Variables][] => [
  ['CLOUDCTL_TOKEN', { CLOUDCTL_ENDPOINT: sandbox.url, CLOUDCTL_TOKEN: sandbox.token }],
  ['HCLOUD_TOKEN', { HCLOUD_ENDPOINT: sandbox.url, HCLOUD_TOKEN: sandbox.token }],
];

/** Runs a program with these variables and no others, no terminal, and nothing on standard input. */
function runBare(argv: readonly string[], env: Variables, cwd: string): Promise<Ended> {
  const [file, ...words] = argv;
  return untilEnd(spawn(file!, words, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
}

describe.each(nodes.filter(([, node]) => node !== undefined))(
  'the built command line in CI, under Node %s',
  (_, node) => {
    /** Runs the program in an empty folder, which it leaves empty. */
    async function cloudctl(line: string, env: Variables = {}): Promise<Ended> {
      const folder = temporaryHome();
      const ended = await runBare([node!, program, ...line.split(' ')], { TMPDIR: folder, ...env }, folder);
      expect(readdirSync(folder)).toEqual([]);
      return ended;
    }

    it('needs a token in the environment and nothing else: no home, no configuration, no keyring, no terminal', async () => {
      for (const [way, env] of ways()) {
        for (const home of [{}, { HOME: '' }, { HOME: impossible }] as Variables[]) {
          const ended = await cloudctl('server list -o name', { ...env, ...home });
          expect({ way, home, ...ended }).toMatchObject({ status: 0, out: 'web-0001\nweb-0002\n', err: '' });
        }
        const ended = await cloudctl('server delete web-0002 --yes', env);
        expect({ way, ...ended }).toMatchObject({ status: 0 });
        expect(sandbox.state.servers.size).toBe(1);
        sandbox.reset();
      }
      expect(existsSync(impossible)).toBe(false);
    });

    it('leaves below a home that there is nothing but names for completion', async () => {
      for (const [way, env] of ways()) {
        const home = temporaryHome();
        for (const line of ['server list', 'server list -o json', 'server describe web-0001', 'auth list']) {
          expect({ way, line, ...(await cloudctl(line, { ...env, HOME: home })) }).toMatchObject({ status: 0 });
        }
        expect(readdirSync(home)).toEqual(['.cache']);
        expect(readdirSync(join(home, '.cache/cloudctl'))).toEqual(['names']);
      }
    });

    it.skipIf(!strace)('without a home opens no file to write it, and makes, renames and removes none', async () => {
      for (const [way, env] of ways()) {
        const folder = temporaryHome();
        const trace = join(temporaryHome(), 'trace');
        const argv = [strace!, '-f', '-e', 'trace=file', '-o', trace, node!, program, 'server', 'list', '-o', 'name'];
        const { status, out } = await runBare(argv, env, folder);
        expect({ way, status, out }).toEqual({ way, status: 0, out: 'web-0001\nweb-0002\n' });
        const calls = readFileSync(trace, 'utf8').split('\n');
        expect(calls.some(call => call.includes(program))).toBe(true);
        const writing =
          /O_WRONLY|O_RDWR|O_CREAT|\b(creat|mkdir|mkdirat|rename\w*|unlink\w*|rmdir|symlink\w*|link|linkat)\(/;
        expect(calls.filter(call => writing.test(call) && !/"\/dev\//.test(call))).toEqual([]);
      }
    });

    it('does not begin a sign-in, and names the variables to set', async () => {
      const ids = { CLOUDCTL_WORKOS_ENDPOINT: sandbox.workos.url, CLOUDCTL_WORKOS_CLIENT_ID: sandbox.workos.clientId };
      const home = temporaryHome();
      const { status, out, err } = await cloudctl('login', { ...ids, CI: 'true', HOME: home });
      expect({ status, out }).toEqual({ status: 4, out: '' });
      for (const name of ['CLOUDCTL_TOKEN', 'CLOUDCTL_ENDPOINT', 'HCLOUD_TOKEN']) expect(err).toContain(name);
      const json = await cloudctl('login -o json', { ...ids, CI: 'true', HOME: home });
      expect(JSON.parse(json.err).error).toMatchObject({ code: 'unauthorized', exit: 4 });
      expect(readdirSync(home)).toEqual([]);
      expect(sandbox.workos.requests).toEqual([]);
    });

    it('ends with 4 without a token and names both variables, as one JSON object where JSON is asked for', async () => {
      for (const home of [{}, { HOME: temporaryHome() }, { HOME: impossible }] as Variables[]) {
        const env = { ...home, CI: 'true' };
        const plain = await cloudctl('server list', env);
        expect({ home, status: plain.status, out: plain.out }).toEqual({ home, status: 4, out: '' });
        expect(plain.err).toMatch(/^cloudctl: no token .*\n.*CLOUDCTL_TOKEN or HCLOUD_TOKEN/);
        const json = await cloudctl('server list -o json', env);
        expect({ home, status: json.status, out: json.out }).toEqual({ home, status: 4, out: '' });
        const { error, ...others } = JSON.parse(json.err);
        expect(others).toEqual({});
        expect(error).toMatchObject({ code: 'unauthorized', exit: 4 });
        expect(JSON.stringify(error)).toMatch(/CLOUDCTL_TOKEN or HCLOUD_TOKEN/);
      }
    });

    it('says in CI without a home why nobody can sign in', async () => {
      const { status, out, err } = await cloudctl('login', { CI: 'true', CLOUDCTL_WORKOS_CLIENT_ID: 'client_x' });
      expect({ status, out }).toEqual({ status: 4, out: '' });
      expect(err).toMatch(/CLOUDCTL_TOKEN .*or HCLOUD_TOKEN/);
    });

    it('signs in, refreshes and lists servers by an account', async () => {
      const home = authHome(sandbox);
      const begun = await home.cloudctl('login --json', { node });
      sandbox.workos.approve(JSON.parse(begun.out).user_code, { user: 'ada@example.com' });
      const create = `context create team --endpoint ${sandbox.url} --account ada@example.com`;
      for (const line of ['login --complete', create, 'auth refresh']) {
        expect({ line, ...(await home.cloudctl(line, { node })) }).toMatchObject({ status: 0, err: '' });
      }
      expect(countGrants(sandbox.workos, 'refresh_token')).toBe(1);
      home.expire();
      const listed = await home.cloudctl('server list -o name', { node });
      expect(listed).toMatchObject({ status: 0, out: 'web-0001\nweb-0002\n', err: '' });
      expect(countGrants(sandbox.workos, 'refresh_token')).toBe(2);
      expect(await home.cloudctl('logout', { node })).toMatchObject({ status: 0, err: '' });
    });
  },
);
