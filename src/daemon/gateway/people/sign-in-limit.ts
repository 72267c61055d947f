import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Redis } from 'ioredis';
import { Failure } from '../../../core/failure.ts';

/** Keeps those out who try passwords. */
export interface SignInLimit {
  /** Counts a try before its password is looked at, so that many at once are no more than they may be; throws `limited` that says when to come again, the same for accounts that there are and those that there are not. */
  begin(address: string, account?: string): Promise<void>;
  /** It was the right password: the tries of the account are forgotten. */
  succeed(address: string, account?: string): Promise<void>;
}

/** Tries within `period` seconds. */
const triesOfAccount = 5;
const triesOfAddress = 30;
const period = 900;
/** How long it is remembered that somebody was kept out, and the longest that they are, in seconds: others must not be able to keep the owner of an account out for long. */
const memory = 86_400;
const longest = 3_600;

/** Where several daemons count together. */
interface Shared {
  readonly client: Redis;
  readonly prefix: string;
}

/** Counts in Redis where several daemons share one, and in memory without it and while it is away. */
export function createSignInLimit(shared?: Shared): SignInLimit {
  let opened: ReturnType<typeof openLimiters> | undefined;
  const limiters = () => (opened ??= openLimiters(shared));
  return {
    async begin(address, account) {
      const { count, accounts, addresses } = await limiters();
      await count(addresses, networkOf(address), triesOfAddress);
      if (account !== undefined) await count(accounts, keyOf(account), triesOfAccount);
    },
    async succeed(address, account) {
      const { accounts, addresses, strikes } = await limiters();
      await addresses.reward(networkOf(address), 1);
      if (account === undefined) return;
      await Promise.all([accounts.delete(keyOf(account)), strikes.delete(keyOf(account))]);
    },
  };
}

/** With the library, which a daemon that nobody signs in to has no use for. */
async function openLimiters(shared: Shared | undefined) {
  const { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } = await import('rate-limiter-flexible');
  const limiter = (name: string, points: number, duration: number) => {
    const options = { keyPrefix: `${shared?.prefix ?? 'cloudctl'}-${name}`, points, duration };
    const own = new RateLimiterMemory(options);
    if (!shared) return own;
    return new RateLimiterRedis({ ...options, storeClient: shared.client, insuranceLimiter: own });
  };
  const accounts = limiter('account', triesOfAccount, period);
  const addresses = limiter('address', triesOfAddress, period);
  const strikes = limiter('strike', Number.MAX_SAFE_INTEGER, memory);

  async function count(limiter: typeof accounts, key: string, points: number): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints !== points + 1) throw tooMany(refusal.msBeforeNext);
      // The first beyond: kept out for twice as long as the time before.
      const before = await strikes.consume(key);
      const seconds = Math.min(period * 2 ** (before.consumedPoints - 1), longest);
      await limiter.block(key, seconds);
      throw tooMany(seconds * 1000);
    }
  }

  return { count, accounts, addresses, strikes };
}

/** An address of IPv6 stands for its /64, which one host has whole. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain) || !isIPv6(plain)) return plain.slice(0, 100);
  const [head = '', tail] = plain.toLowerCase().split('::');
  const given = head === '' ? [] : head.split(':');
  const rest = tail ? tail.split(':').length : 0;
  const groups = tail === undefined ? given : [...given, ...Array<string>(8 - given.length - rest).fill('0')];
  return [...groups, '0', '0', '0', '0']
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** Redis is not to hold who was tried. */
function keyOf(account: string): string {
  return createHash('sha256').update(account).digest('hex');
}

function tooMany(ms: number): Failure {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const when = seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
  return new Failure('limited', `too many sign-ins went wrong: try again in ${when}`, {
    details: { retry_after: seconds },
    hint: 'Whoever has forgotten a password asks an administrator for another invitation',
  });
}
