import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome } from '../helpers/run.ts';
import {
  type AuthHome,
  authHome,
  countGrants,
  type SignInSandbox,
  signedInHome,
  startSignInSandbox,
} from './auth-home.ts';
import { program } from './binary.ts';

const isRoot = process.getuid?.() === 0;
/** Nothing is read-only for root. */
const uid = isRoot ? 65_534 : undefined;
const runsAsOther = spawnSync(process.execPath, [program, '--version'], { uid, gid: uid }).status === 0;

let sandbox: SignInSandbox;
beforeAll(async () => {
  sandbox = await startSignInSandbox({ seed: { servers: 2 } });
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

const refreshes = () => countGrants(sandbox.workos, 'refresh_token');

/** Has the access token be over in so many milliseconds, as far as this home knows. */
function expireIn(home: AuthHome, ms: number): void {
  const content = JSON.parse(readFileSync(home.file, 'utf8'));
  content.accounts['ada@example.com'].tokens.expiresAt = Date.now() + ms;
  writeFileSync(home.file, JSON.stringify(content));
}

/** Gives everything in a home to the user that the program runs as, with this mode for its folders. */
function hand(folder: string, mode: number): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const folders = [folder, ...entries.filter(one => one.isDirectory()).map(one => join(one.parentPath, one.name))];
  const files = entries.filter(one => one.isFile()).map(one => join(one.parentPath, one.name));
  if (uid !== undefined) for (const one of [...folders, ...files]) chownSync(one, uid, uid);
  for (const one of folders) chmodSync(one, mode);
}

/** Runs `work` while nothing can be written in the home. */
async function whileReadOnly(home: AuthHome, work: () => Promise<void>): Promise<void> {
  hand(home.path, 0o500);
  try {
    await work();
  } finally {
    hand(home.path, 0o700);
  }
}

const askedOfWorkos = () => sandbox.workos.requests.filter(({ path }) => !path.startsWith('/cloudctl/')).length;

describe.skipIf(!runsAsOther)('a home in which nothing can be written', () => {
  it('has login refuse before WorkOS is asked', async () => {
    for (const home of [authHome(sandbox), await signedInHome(sandbox)]) {
      const asked = askedOfWorkos();
      await whileReadOnly(home, async () => {
        for (const line of ['login', 'login --json']) {
          const { status, out, err } = await home.cloudctl(line, { uid });
          expect({ line, status, out }).toEqual({ line, status: 2, out: '' });
          expect(err).toMatch(/^cloudctl: \S+\/.config\S* cannot be (made|written): permission denied\n/);
        }
      });
      // Whether it is a daemon is found out first: that is no request for WorkOS.
      expect(askedOfWorkos()).toBe(asked);
    }
  });

  it('has a token that is about to expire used while it is good', async () => {
    const home = await signedInHome(sandbox);
    expireIn(home, 50_000);
    const { accessToken } = home.tokens()!;
    await whileReadOnly(home, async () => {
      expect(await home.cloudctl('auth token', { uid })).toMatchObject({ status: 0, out: `${accessToken}\n`, err: '' });
      expect(await home.cloudctl('server list -o name', { uid })).toMatchObject({ status: 0, err: '' });
    });
    expect(refreshes()).toBe(0);
  });

  it('has a token that is over end in a clear error, and the session goes on when it can be written again', async () => {
    const home = await signedInHome(sandbox);
    home.expire();
    const before = readFileSync(home.file);
    await whileReadOnly(home, async () => {
      for (const line of ['auth token', 'auth refresh', 'server list', 'server list -o json']) {
        const { status, out, err } = await home.cloudctl(line, { uid });
        expect({ line, status, out }).toEqual({ line, status: 2, out: '' });
        expect(err).toContain('cannot be written: permission denied');
      }
    });
    expect(readFileSync(home.file).equals(before)).toBe(true);
    expect(refreshes()).toBe(0);
    expect(await home.cloudctl('auth token', { uid })).toMatchObject({ status: 0, err: '' });
    expect(refreshes()).toBe(1);
  });
});

/** Runs `work` in a folder on a small disk of its own; false where none can be mounted. */
async function onSmallDisk(work: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = temporaryHome();
  if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status !== 0) return false;
  try {
    await work(folder);
  } finally {
    execFileSync('umount', [folder]);
  }
  return true;
}

/** Fills the disk but for so many bytes, by a file that can be removed again. */
function fill(folder: string, left: number): string {
  const file = join(folder, 'filler');
  for (let size = 0; ; size += 4096) {
    try {
      writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      writeFileSync(file, Buffer.alloc(size - left));
      return file;
    }
  }
}

describe('a disk that is full when an access token is over', () => {
  it.each([
    ['not even a lock', 0],
    ['a lock but not for an answer', 8_192],
  ])('has no exchange begun where there is room for %s, and the next run with room is signed in', async (_, left) => {
    const isDone = await onSmallDisk(async folder => {
      const home = await signedInHome(sandbox, folder);
      home.expire();
      const before = { content: readFileSync(home.file), names: readdirSync(join(folder, '.config/cloudctl')) };
      const filler = fill(folder, left);
      for (const line of ['auth token', 'auth refresh', 'server list', 'login --json']) {
        const { status, out, err } = await home.cloudctl(line);
        expect({ line, status, out }).toEqual({ line, status: 2, out: '' });
        expect(err).toContain('cannot be written: no space is left');
      }
      expect(refreshes()).toBe(0);
      expect(readFileSync(home.file).equals(before.content)).toBe(true);
      expect(readdirSync(join(folder, '.config/cloudctl'))).toEqual(before.names);
      rmSync(filler);
      expect(await home.cloudctl('auth token')).toMatchObject({ status: 0, err: '' });
      expect(refreshes()).toBe(1);
    });
    if (!isDone) process.stderr.write('No small disk can be mounted here: what a full disk does is not tested.\n');
  });
});
