import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readClaims } from '../../src/core/auth/claims.ts';
import { type AuthHome, countGrants, type SignInSandbox, signedInHome, startSignInSandbox } from './auth-home.ts';
import type { Ended } from './binary.ts';

const many = 20;

let sandbox: SignInSandbox;
let home: AuthHome;
let before: { accessToken: string; requests: number };

const refreshes = () => countGrants(sandbox.workos, 'refresh_token') - before.requests;

/** Starts one command line in many processes at once. */
const together = (line: string) => Promise.all(Array.from({ length: many }, () => home.cloudctl(line)));

/** What is different among the ends of many processes. */
function distinct<K extends keyof Ended>(ends: readonly Ended[], key: K): Ended[K][] {
  return [...new Set(ends.map(end => end[key]))];
}

beforeAll(async () => {
  sandbox = await startSignInSandbox({ seed: { servers: 2 } });
});
afterAll(() => sandbox.stop());

// The access token is over for the server as well as for the home.
beforeEach(async () => {
  sandbox.reset();
  home = await signedInHome(sandbox);
  before = { accessToken: home.tokens()!.accessToken, requests: countGrants(sandbox.workos, 'refresh_token') };
  sandbox.ahead += 400_000;
  home.expire();
});

describe(`${many} processes that find the access token expired at the same moment`, { timeout: 120_000 }, () => {
  it('make one refresh request between them, and auth token prints the same new token in all', async () => {
    const ends = await together('auth token');
    expect({ status: distinct(ends, 'status'), err: distinct(ends, 'err') }).toEqual({ status: [0], err: [''] });
    expect(distinct(ends, 'out')).toEqual([`${home.tokens()!.accessToken}\n`]);
    expect(home.tokens()!.accessToken).not.toBe(before.accessToken);
    expect(refreshes()).toBe(1);
  });

  it('make one refresh request between them when they list servers through an account', async () => {
    const ends = await together('server list -o name');
    expect({ status: distinct(ends, 'status'), out: distinct(ends, 'out'), err: distinct(ends, 'err') }).toEqual({
      status: [0],
      out: ['web-0001\nweb-0002\n'],
      err: [''],
    });
    expect(refreshes()).toBe(1);
  });

  it('make one refresh request between them when only the server knows that the token is over', async () => {
    await home.cloudctl('auth token');
    sandbox.ahead += 400_000;
    const ends = await together('server list -o name');
    expect({ status: distinct(ends, 'status'), out: distinct(ends, 'out') }).toEqual({
      status: [0],
      out: ['web-0001\nweb-0002\n'],
    });
    expect(refreshes()).toBe(2);
  });

  it('all succeed when the first reply is lost, with two refresh requests at most', async () => {
    sandbox.workos.fault({ kind: 'lost', grant: 'refresh_token' });
    const ends = await together('auth token');
    expect({ status: distinct(ends, 'status'), tokens: distinct(ends, 'out').length }).toEqual({
      status: [0],
      tokens: 1,
    });
    expect(refreshes()).toBe(2);
  });

  it('all succeed when WorkOS answers 503 twice first', async () => {
    sandbox.workos.fault({ kind: 'status', status: 503, times: 2, grant: 'refresh_token' });
    const ends = await together('auth token');
    expect({ status: distinct(ends, 'status'), tokens: distinct(ends, 'out').length }).toEqual({
      status: [0],
      tokens: 1,
    });
    expect(refreshes()).toBe(3);
  });

  it('all fail with one clear sentence after one refresh request when the session was revoked, and none asks again', async () => {
    sandbox.workos.revoke(readClaims(before.accessToken).session!);
    const said =
      'cloudctl: the session of ada@example.com has ended (Session has already ended)\nTry: cloudctl login\n';
    const ends = await together('auth token');
    expect({ status: distinct(ends, 'status'), out: distinct(ends, 'out') }).toEqual({ status: [4], out: [''] });
    expect(distinct(ends, 'err')).toEqual([said]);
    expect(refreshes()).toBe(1);
    for (const line of ['auth token', 'server list', 'auth refresh']) {
      expect(await home.cloudctl(line)).toMatchObject({ status: 4, out: '', err: said });
    }
    expect(refreshes()).toBe(1);
  });
});
