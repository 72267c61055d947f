import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, freshAccount } from '../../src/core/auth/refresh.ts';
import { createTransport } from '../../src/core/transport/transport.ts';
import { temporaryHome } from '../helpers/run.ts';
import { type AuthHome, countGrants, type SignInSandbox, signedInHome, startSignInSandbox } from './auth-home.ts';
import { startBinary, untilEnd } from './binary.ts';

const account = 'ada@example.com';

/** Where a process is killed: before its nth step, with a part of what it was to write, or so long after it began. */
type Kill = { readonly step: number; readonly part?: number } | { readonly after: number };

/** At every step, and so many in all; a thousand by `npm run torture`. */
const most = Number(process.env.CLOUDCTL_AUTH_KILLS ?? 250);

let sandbox: SignInSandbox;
let victim: string;

beforeAll(async () => {
  sandbox = await startSignInSandbox();
  victim = join(temporaryHome(), 'victim.mjs');
  buildSync({
    entryPoints: ['test/e2e/auth-victim.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: victim,
  });
});
afterAll(() => sandbox.stop());

/** The next run: the same code in this process, which also tells how often it had to wait. */
function nextRun(home: AuthHome) {
  const slept: number[] = [];
  const clock = {
    now: () => Date.now(),
    async sleep(ms: number) {
      slept.push(ms);
      await sleep(ms);
    },
  };
  const http = createTransport({ env: {} });
  const keyring = { get: async () => undefined, set: async () => {}, remove: async () => {} };
  const world = { clock, http, signal: new AbortController().signal, platform: 'linux', keyring };
  const desk: Desk = { world, configPath: configOf(home), storage: 'file', userAgent: 'cloudctl-test', refresh: true };
  const ended = freshAccount(desk, account).finally(() => http.close());
  return { ended, slept };
}

async function refreshAgain(home: AuthHome): Promise<void> {
  home.expire();
  await nextRun(home).ended;
}

function configOf(home: AuthHome): string {
  return join(dirname(home.file), 'config.toml');
}

/** Starts a process that refreshes, and kills it. */
async function refreshAndKill(home: AuthHome, kill: Kill, onBegin: () => void = () => {}) {
  const where = 'step' in kill ? [String(kill.step), String(kill.part ?? '')] : ['0'];
  const child = spawn(process.execPath, [victim, configOf(home), account, ...where], { stdio: ['ignore', 'pipe', 2] });
  child.stdout!.once('data', () => {
    onBegin();
    if ('after' in kill) setTimeout(() => child.kill('SIGKILL'), kill.after);
  });
  return untilEnd(child);
}

/** Whether the pair that is kept can be used now and exchanged the next time. */
function isSignedIn({ state, settings }: SignInSandbox['workos'], home: AuthHome): boolean {
  const tokens = home.tokens();
  const kept = state.refreshTokens.get(tokens?.refreshToken ?? '');
  const isLive = state.sessions.get(kept?.session ?? '')?.status === 'active' && kept?.spent === undefined;
  return isLive && tokens!.expiresAt > Date.now() + (settings.tokenLifetime - 60) * 1000;
}

/** What is in the folder besides credentials, configuration and drafts, which hinder nobody. */
function locksIn(home: AuthHome): string[] {
  return readdirSync(dirname(home.file)).filter(name => name.endsWith('.lock'));
}

/** Numbers from 0 to 1 that are the same in each run of the tests. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a refresh that is killed with SIGKILL', () => {
  it(`never signs anybody out: ${most} kills at every step, in a row, at any moment and beside another process`, async () => {
    const random = seeded(20261201);
    const homes = await Promise.all(Array.from({ length: 6 }, () => signedInHome(sandbox)));
    homes[0]!.expire();
    const { out } = await refreshAndKill(homes[0]!, { step: 0 });
    const steps = Number(out.split('\n')[1]);
    expect(steps).toBeGreaterThan(25);

    const anyStep = () => 1 + Math.floor(random() * steps);
    const anyKill = (): Kill =>
      random() < 0.4
        ? { after: Math.floor(random() * 40) }
        : { step: anyStep(), part: random() < 0.2 ? random() : undefined };
    const everyStep = Array.from({ length: steps }, (_, index) => index + 1).flatMap(step =>
      [undefined, 0, 0.5].map(part => ({ kills: [{ step, part }], isAlone: true, isOnly: true })),
    );
    const counts = { kills: 0, exchangedBefore: 0 };
    const pick = () => {
      if (counts.kills >= most) return undefined;
      const next = everyStep.shift();
      if (next) return next;
      const isAlone = random() < 0.7;
      const inARow = isAlone ? 1 + Math.floor(random() * 3) : 1;
      return { kills: Array.from({ length: inARow }, anyKill), isAlone, isOnly: false };
    };

    await Promise.all(
      homes.map(async home => {
        for (let next = pick(); next; next = pick()) {
          const { kills, isAlone, isOnly } = next;
          // Nothing is left of the kills before.
          if (isOnly) await refreshAgain(home);
          home.expire();
          const spent = home.tokens()!.refreshToken;
          let rival: ReturnType<typeof nextRun> | undefined;
          for (const kill of kills) {
            const { signal } = await refreshAndKill(home, kill, () => {
              if (!isAlone) rival = nextRun(home);
            });
            if (signal === 'SIGKILL') counts.kills += 1;
          }
          await rival?.ended;
          const isSpent = sandbox.workos.state.refreshTokens.get(spent)?.spent !== undefined;
          if (isSpent && home.tokens()!.refreshToken === spent) counts.exchangedBefore += 1;
          const after = nextRun(home);
          const { tokens } = await after.ended;
          expect({ next, isSignedIn: isSignedIn(sandbox.workos, home) }).toEqual({ next, isSignedIn: true });
          expect(tokens).toEqual(home.tokens());
          // The lock of a process that is no more is taken over at once; only one that was cut off has to grow old.
          const isWhole = isOnly && kills.every(kill => 'step' in kill && kill.part === undefined);
          if (isWhole) expect({ next, slept: after.slept }).toEqual({ next, slept: [] });
        }
      }),
    );
    for (const home of homes) {
      await refreshAgain(home);
      expect(locksIn(home)).toEqual([]);
    }
    expect(counts.kills).toBeGreaterThanOrEqual(most);
    // The kills that matter most: WorkOS has given the new pair, and nobody has kept it.
    expect(counts.exchangedBefore).toBeGreaterThan(most / 20);
  }, 900_000);

  it('never signs anybody out of the built program: 40 kills of auth token, after each request and at any moment', async () => {
    const random = seeded(20261202);
    const home = await signedInHome(sandbox);
    const faults = [{ kind: 'delay', delay: 400 }, { kind: 'hang' }, { kind: 'lost' }] as const;
    let kills = 0;
    for (let turn = 0; kills < 40; turn += 1) {
      home.expire();
      const asked = countRefreshes();
      // Every second one is killed once WorkOS has got its request: done but not answered, not done, answer lost.
      const fault = turn % 2 === 0 ? faults[(turn / 2) % faults.length] : undefined;
      if (fault) sandbox.workos.fault({ ...fault, grant: 'refresh_token' });
      const child = startBinary(undefined, ['auth', 'token'], { env: home.env });
      const ended = untilEnd(child);
      if (fault) while (countRefreshes() === asked) await sleep(1);
      else await sleep(random() * 500);
      child.kill('SIGKILL');
      if ((await ended).signal === 'SIGKILL') kills += 1;
      const { status, out, err } = await home.cloudctl('auth token');
      expect({ turn, status, err, isSignedIn: isSignedIn(sandbox.workos, home) }).toEqual({
        turn,
        status: 0,
        err: '',
        isSignedIn: true,
      });
      expect(out).toBe(`${home.tokens()!.accessToken}\n`);
    }
  }, 300_000);

  it('says once and for all that the session has ended when it is started again too late for WorkOS', async () => {
    const home = await signedInHome(sandbox);
    home.expire();
    sandbox.workos.fault({ kind: 'delay', delay: 1_000, grant: 'refresh_token' });
    const asked = countRefreshes();
    const child = startBinary(undefined, ['auth', 'token'], { env: home.env });
    while (countRefreshes() === asked) await sleep(1);
    child.kill('SIGKILL');
    await untilEnd(child);
    sandbox.ahead += sandbox.workos.settings.replayWindow * 1000;
    const said = {
      status: 4,
      out: '',
      err: `cloudctl: the session of ${account} has ended (Refresh token already exchanged)\nTry: cloudctl login\n`,
    };
    expect(await home.cloudctl('auth token')).toMatchObject(said);
    expect(await home.cloudctl('auth token')).toMatchObject(said);
    expect(await home.cloudctl('server list')).toMatchObject(said);
    expect(countRefreshes() - asked).toBe(2);
  }, 60_000);
});

function countRefreshes(): number {
  return countGrants(sandbox.workos, 'refresh_token');
}
