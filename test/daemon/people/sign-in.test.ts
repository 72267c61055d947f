import fc from 'fast-check';
import Redis from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPasswords } from '../../../src/core/auth/password.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { createSignIn } from '../../../src/daemon/gateway/people/sign-in.ts';
import { createSignInLimit, networkOf, type SignInLimit } from '../../../src/daemon/gateway/people/sign-in-limit.ts';
import { hasRedis, redisServer } from '../../e2e/daemon-two.ts';
import { gather } from './people.ts';

const right = 'correct horse battery';
const begin = Date.parse('2026-11-25T10:00:00Z');

/** Sign-in over a store, with a count of how often a password was derived. */
async function desk() {
  const people = await gather(() => openSqlite(':memory:'));
  let derived = 0;
  let meanwhile: () => Promise<unknown> = async () => {};
  const passwords = createPasswords({ n: 16, r: 1, p: 1 }, async (password, _salt, length) => {
    derived += 1;
    await meanwhile();
    return Buffer.alloc(length, password.toString('hex'));
  });
  const signIn = createSignIn(people, {
    passwords,
    limit: createSignInLimit(),
    lifetime: () => 43_200_000,
    ways: () => ({ workos: null, local: true, public_url: null }),
  });
  const work = async (deed: Promise<unknown>) => {
    const before = derived;
    const failure = await deed.then(
      () => undefined,
      error => error,
    );
    return { count: derived - before, failure };
  };
  const attempt = (email: string, password = 'wrong wrong wrong', address = '192.0.2.1') =>
    work(signIn.begin({ email, password }, { requestId: 'r', address }));
  /** What happens while the next password is looked at. */
  const happens = (deed: () => Promise<unknown>) => {
    meanwhile = deed;
  };
  return { ...people, passwords, signIn, attempt, happens };
}

// The limiter reads the time of the process; nothing else is faked.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: begin }));
afterEach(() => void vi.useRealTimers());

describe('a sign-in that goes wrong', () => {
  it('looks the same and takes the same work for every account, whether there is one or not', async () => {
    const { attempt, user, passwords } = await desk();
    const password = await passwords.hash(right);
    await user('ada@example.com', { password });
    await user('ben@example.com', { password, state: 'disabled' });
    await user('eve@example.com', { state: 'invited' });
    const seen = [];
    for (const name of ['ada', 'ben', 'eve', 'nobody']) {
      const { count, failure } = await attempt(`${name}@example.com`);
      expect(count, name).toBe(1);
      seen.push(JSON.stringify([failure.code, failure.message, failure.hint, failure.details]));
    }
    const disabled = await attempt('ben@example.com', right);
    seen.push(
      JSON.stringify([
        disabled.failure.code,
        disabled.failure.message,
        disabled.failure.hint,
        disabled.failure.details,
      ]),
    );
    expect(new Set(seen).size).toBe(1);
  });

  it('is stopped by account after five, wherever it comes from, for longer and longer and no more than an hour', async () => {
    const { attempt, user, passwords, clock } = await desk();
    await user('ada@example.com', { password: await passwords.hash(right) });
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      const waits: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        for (let count = 0; count < 5; count += 1) {
          const { failure } = await attempt(email, 'wrong wrong wrong', `192.0.2.${5 * round + count}`);
          expect(failure.code).toBe('unauthorized');
        }
        const { failure, count } = await attempt(email, right, '198.51.100.1');
        expect(failure.code).toBe('limited');
        expect(count).toBe(0);
        waits.push(failure.details.retry_after);
        vi.setSystemTime(Date.now() + failure.details.retry_after * 1000);
      }
      expect(waits).toEqual([900, 1800, 3600, 3600, 3600]);
    }
    expect((await attempt('ada@example.com', right, '203.0.113.9')).failure).toBeUndefined();
    expect(clock.now()).toBeGreaterThan(0);
  });

  it('is stopped by address after thirty, whatever the account', async () => {
    const { attempt } = await desk();
    for (let count = 0; count < 30; count += 1) {
      expect((await attempt(`user${count}@example.com`)).failure.code).toBe('unauthorized');
    }
    const { failure, count } = await attempt('another@example.com');
    expect(failure).toMatchObject({
      code: 'limited',
      message: 'too many sign-ins went wrong: try again in 15 minutes',
    });
    expect(count).toBe(0);
    expect((await attempt('another@example.com', 'wrong wrong wrong', '192.0.2.2')).failure.code).toBe('unauthorized');
    vi.setSystemTime(Date.now() + 900_000);
    expect((await attempt('another@example.com')).failure.code).toBe('unauthorized');
  });

  it('is stopped when a hundred come at once too', async () => {
    const { attempt, user, passwords } = await desk();
    await user('ada@example.com', { password: await passwords.hash(right) });
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, at) => attempt('ada@example.com', undefined, `192.0.2.${at}`)),
    );
    expect(all.filter(({ failure }) => failure.code === 'unauthorized')).toHaveLength(5);
    expect(all.filter(({ failure }) => failure.code === 'limited')).toHaveLength(95);
  });

  it('is forgotten after the right password', async () => {
    const { attempt, user, passwords } = await desk();
    await user('ada@example.com', { password: await passwords.hash(right) });
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 4; count += 1) await attempt('ada@example.com', undefined, `192.0.2.${round}`);
      expect((await attempt('ada@example.com', right, `192.0.2.${round}`)).failure).toBeUndefined();
    }
  });

  it('cannot guess invitations without end', async () => {
    const { signIn } = await desk();
    const guess = () =>
      signIn
        .accept({ token: 'x', password: right }, { requestId: 'r', address: '192.0.2.1' })
        .catch(error => error.code);
    const codes = [];
    for (let count = 0; count < 31; count += 1) codes.push(await guess());
    expect(codes.filter(code => code === 'unauthorized')).toHaveLength(30);
    expect(codes.at(-1)).toBe('limited');
  });
});

describe('a sign-in that goes well', () => {
  it('begins no session for somebody who is disabled, or has another password, at that very moment', async () => {
    const { attempt, user, passwords, change, store, happens } = await desk();
    const password = await passwords.hash(right);
    const id = await user('ada@example.com', { password });
    for (const set of [{ state: 'disabled' as const }, { password: 'another' }]) {
      happens(() => change(id, set));
      expect((await attempt('ada@example.com', right)).failure).toMatchObject({ code: 'conflict' });
      await change(id, { state: 'active', password });
    }
    expect(await store.db.selectFrom('tokens').select('id').execute()).toEqual([]);
  });

  it('keeps the password at the cost of today, and is entered', async () => {
    const people = await desk();
    const old = await createPasswords({ n: 32, r: 1, p: 1 }, async (password, _salt, length) =>
      Buffer.alloc(length, password.toString('hex')),
    ).hash(right);
    const id = await people.user('ada@example.com', { password: old });
    expect((await people.attempt('ada@example.com', right)).failure).toBeUndefined();
    const { password } = await people.store.db
      .selectFrom('users')
      .select('password')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(password).toMatch(/^scrypt\$16\$/);
    const entries = await people.store.db.selectFrom('audit').select(['actor', 'action', 'address']).execute();
    expect(entries).toEqual([{ actor: 'ada@example.com', action: 'session.create', address: '192.0.2.1' }]);
  });
});

describe('where a request comes from', () => {
  it('is one host for all of a /64 of IPv6, and for an IPv4 in either form', () => {
    expect(networkOf('2001:db8:0:1::1')).toBe(networkOf('2001:0DB8:0:1:ffff:ffff:ffff:ffff'));
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:2::1'));
    expect(networkOf('::1')).toBe('0:0:0:0');
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(networkOf('socket')).toBe('socket');
    fc.assert(
      fc.property(fc.ipV6(), address => {
        fc.pre(!address.includes('.'));
        expect(networkOf(address)).toMatch(/^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}$/);
      }),
    );
  });
});

describe.runIf(hasRedis)('daemons that share a Redis', () => {
  beforeEach(() => void vi.useRealTimers());

  async function two(): Promise<[SignInLimit, SignInLimit, Redis]> {
    const client = new Redis(redisServer, { enableOfflineQueue: true, maxRetriesPerRequest: 1 });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    const prefix = `cloudctl-test-${Math.random().toString(36).slice(2)}`;
    onTestFinished(async () => {
      const names = await client.keys(`${prefix}*`).catch(() => []);
      if (names.length > 0) await client.del(names).catch(() => {});
    });
    return [createSignInLimit({ client, prefix }), createSignInLimit({ client, prefix }), client];
  }

  it('count together', async () => {
    const [one, other] = await two();
    for (let count = 0; count < 5; count += 1)
      await (count % 2 ? one : other).begin(`192.0.2.${count}`, 'ada@example.com');
    await expect(one.begin('192.0.2.9', 'ada@example.com')).rejects.toMatchObject({ code: 'limited' });
    await expect(other.begin('192.0.2.10', 'ada@example.com')).rejects.toMatchObject({ code: 'limited' });
    await other.succeed('192.0.2.10', 'ada@example.com');
    await one.begin('192.0.2.9', 'ada@example.com');
  });

  it('each count for themselves while it is away', async () => {
    const [one, , client] = await two();
    client.disconnect();
    for (let count = 0; count < 5; count += 1) await one.begin(`192.0.2.${count}`, 'ada@example.com');
    await expect(one.begin('192.0.2.9', 'ada@example.com')).rejects.toMatchObject({ code: 'limited' });
  });
});
