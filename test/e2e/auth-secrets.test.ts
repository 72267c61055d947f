import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome } from '../helpers/run.ts';
import { type AuthHome, authHome, countGrants, type SignInSandbox, startSignInSandbox } from './auth-home.ts';
import { type BinaryOptions, required } from './binary.ts';
import { type Bus, hasKeyring, startBus } from './bus.ts';
import { searchFiles, secretFinder, watchProcesses } from './leaks.ts';

let sandbox: SignInSandbox;
let find: (text: string) => string[];

// Each reply is held, so that a command is looked at while its request is under way.
beforeAll(async () => {
  sandbox = await startSignInSandbox({ seed: { servers: 2 }, speed: Number.POSITIVE_INFINITY, latency: 100 });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  find = secretFinder(sandbox);
});

/** Where the secrets of this machine go. */
interface Surroundings {
  readonly home: AuthHome;
  readonly env: Readonly<Record<string, string>>;
}

function inside({ path }: { path: string }, bus?: Bus): Surroundings {
  return { home: authHome(sandbox, path), env: { CLOUDCTL_TOKEN_STORAGE: 'auto', ...bus?.env } };
}

function run({ home, env }: Surroundings, line: string, options: BinaryOptions = {}) {
  return home.cloudctl(line, { ...options, env: { ...env, ...options.env } });
}

/** Runs a command with all that it says about its requests; `secrets` is what may be in files, and the path of the one file. */
async function runWatched(at: Surroundings, line: string, { stdin, secrets }: { stdin?: string; secrets: object }) {
  const look = watchProcesses(at.home.path);
  const ended = await run(at, line, { stdin, env: { CLOUDCTL_DEBUG: '1', CLOUDCTL_YES: '1' } });
  const processes = look();
  const seen = processes.filter(text => text.includes(line.split(' ').join('\0')));
  const said = line === 'auth token' ? ended.err : `${ended.out}${ended.err}`;
  expect({
    line,
    status: ended.status,
    wasSeen: seen.length > 0,
    inProcesses: processes.flatMap(find),
    inOutput: find(said),
    inFiles: searchFiles(at.home.path, find),
  }).toEqual({ line, status: 0, wasSeen: true, inProcesses: [], inOutput: [], inFiles: secrets });
  return ended;
}

/** Signs in, works and signs out; `inFile` says which files may have which of the secrets that are kept at that moment. */
async function doEverything(at: Surroundings, inFile: (...kinds: string[]) => object) {
  const { home } = at;
  const account = inFile('access token', 'refresh token');
  const all = inFile('access token', 'refresh token', 'token of Hetzner');
  const begun = await runWatched(at, 'login --json', { secrets: inFile('device code') });
  sandbox.workos.approve(JSON.parse(begun.out).user_code, { user: 'ada@example.com' });
  await runWatched(at, 'login --complete', { secrets: account });
  await runWatched(at, 'auth refresh --debug', { secrets: account });
  const { out: token } = await runWatched(at, 'auth token', { secrets: account });
  expect(find(token)).toEqual(['access token']);
  const create = `context create team --endpoint ${sandbox.url} --account ada@example.com`;
  await runWatched(at, create, { secrets: account });
  // The server refuses the token, so that this lists, refreshes and lists again.
  sandbox.ahead += 400_000;
  const list = `server list --debug --debug-file ${home.path}/debug.log`;
  const { out: servers } = await runWatched(at, list, { secrets: account });
  expect(servers).toContain('web-0001');
  const debug = readFileSync(`${home.path}/debug.log`, 'utf8');
  expect(debug).toMatch(/< 401 GET .*\/servers/);
  expect(debug).toMatch(/> POST .*authenticate/);
  expect(countGrants(sandbox.workos, 'refresh_token')).toBe(2);
  const guard = `context create guarded --endpoint ${sandbox.url} --require-login --token-stdin`;
  await runWatched(at, guard, { stdin: sandbox.token, secrets: all });
  await runWatched(at, 'server delete web-0002 --context guarded', { secrets: all });
  const { out: record } = await runWatched(at, 'auth record -o json', { secrets: all });
  expect(JSON.parse(record)).toMatchObject([{ account: 'ada@example.com', method: 'DELETE', result: 'done' }]);
  const { out: status } = await runWatched(at, 'auth status -o json', { secrets: all });
  await runWatched(at, 'context delete guarded', { secrets: account });
  await runWatched(at, 'context delete team', { secrets: account });
  const content = readFileSync(home.file, 'utf8');
  expect(statSync(home.file).mode & 0o777).toBe(0o600);
  await runWatched(at, 'logout', { secrets: {} });
  expect(existsSync(home.file)).toBe(false);
  return { where: JSON.parse(status).kept_in as string, content };
}

/** Whether the keyring has a secret of that name. */
function isInKeyring({ home, env }: Surroundings, name: string): boolean {
  const script = `
    const { Entry } = require('@napi-rs/keyring');
    console.log(new Entry('cloudctl', process.argv[1], { linux: { store: 'secret-service' } }).getPassword() !== null);`;
  const environment = { ...process.env, ...env, HOME: home.path };
  return execFileSync(process.execPath, ['-e', script, name], { env: environment, encoding: 'utf8' }) === 'true\n';
}

describe.skipIf(!existsSync('/proc/self/environ') && !required)(
  'what a sign-in leaves for others to read',
  {
    timeout: 60_000,
  },
  () => {
    it('without a keyring is one file for its owner alone, which auth status names, and nothing after logout', async () => {
      const at = inside({ path: temporaryHome() });
      const { where } = await doEverything(at, (...kinds) => ({ [at.home.file]: kinds }));
      expect(where).toBe(at.home.file);
    });

    it.skipIf(!hasKeyring)('with a keyring is no secret at all, and after logout the key is gone too', async () => {
      const path = temporaryHome();
      const bus = await startBus(path);
      try {
        const at = inside({ path }, bus);
        const probe = inside({ path: temporaryHome() }, bus);
        expect((await run(probe, 'login --json')).status).toBe(0);
        expect(isInKeyring(probe, JSON.parse(readFileSync(probe.home.file, 'utf8')).key)).toBe(true);
        const { where, content } = await doEverything(at, () => ({}));
        expect(where).toBe(`${at.home.file}, encrypted with a key in the keyring`);
        expect(isInKeyring(at, JSON.parse(content).key)).toBe(false);
      } finally {
        await bus.stop();
      }
    });
  },
);

describe.skipIf(!hasKeyring)('a sign-in that is encrypted with a key in the keyring', { timeout: 60_000 }, () => {
  /** A home with a sign-in, and its keyring gone. */
  async function signIn(path: string) {
    const bus = await startBus(path);
    const at = inside({ path }, bus);
    const { out } = await run(at, 'login --json');
    sandbox.workos.approve(JSON.parse(out).user_code, { user: 'ada@example.com' });
    const ended = await run(at, 'login --complete');
    await bus.stop();
    expect(ended).toMatchObject({ status: 0, err: '' });
    return bus;
  }

  it.each(['gone', 'locked'] as const)('is neither used nor changed while the keyring is %s', async keyring => {
    const path = temporaryHome();
    const ended = await signIn(path);
    const bus = keyring === 'locked' ? await startBus(path, 'locked') : { ...ended, stop: async () => {} };
    try {
      const at = inside({ path }, bus);
      const before = readFileSync(at.home.file);
      const asked = sandbox.workos.requests.length;
      const said = `cloudctl: the keyring with the key of ${at.home.file} is locked or not there\nUnlock it, or set CLOUDCTL_TOKEN for this run\n`;
      const lines = ['auth token', 'auth refresh', 'login', 'login --json', 'logout', 'logout --all'];
      // One after the other: gnome-keyring has several wait for one prompt.
      for (const line of lines) {
        expect({ line, ...(await run(at, line)) }).toEqual({ line, status: 4, signal: null, out: '', err: said });
      }
      // Some of these get no answer at all, and their library waits for one in a thread that nothing ends.
      const together = await Promise.all(Array.from({ length: 6 }, () => run(at, 'auth token')));
      for (const { status, signal, out, err } of together) {
        expect([out, err]).toEqual(['', said]);
        expect(status === 4 || signal === 'SIGKILL').toBe(true);
      }
      expect(readFileSync(at.home.file).equals(before)).toBe(true);
      expect(sandbox.workos.requests.length).toBe(asked);
    } finally {
      await bus.stop();
    }
    const open = await startBus(path);
    try {
      const again = await run(inside({ path }, open), 'auth token');
      expect({ status: again.status, found: find(again.out) }).toEqual({ status: 0, found: ['access token'] });
    } finally {
      await open.stop();
    }
  });
});
