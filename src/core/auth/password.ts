import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { Failure } from '../failure.ts';

/** How much work a password costs: `n` blocks of `r` times 128 bytes, `p` times over. */
export interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and some 0.3 s of one core, as OWASP advises for scrypt. */
export const usualCost: Cost = { n: 2 ** 15, r: 8, p: 3 };

const shortestPassword = 12;
/** Bytes: what is longer is no password, but work for the daemon. */
const longest = 1024;

type Derive = (password: Buffer, salt: Buffer, length: number, options: ScryptOptions) => Promise<Buffer>;

/** Makes and checks what is kept of passwords; one at a time, so that many sign-ins at once do not take the memory. */
export interface Passwords {
  /** What to keep: the cost, the salt and the hash. Throws `usage` for a password that is too short or too long. */
  hash(password: string): Promise<string>;
  /** Whether it is the password that was kept, and whether it is to be hashed anew at today's cost. Without a kept one the answer is no, after the same work. */
  check(password: string, kept: string | null | undefined): Promise<{ isRight: boolean; isStale: boolean }>;
}

/** Passwords by scrypt; `derive` is another only in tests that count. */
export function createPasswords(cost: Cost = usualCost, derive: Derive = deriveByScrypt): Passwords {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  const run = (password: string, salt: Buffer, { n, r, p }: Cost) =>
    inTurn(() => derive(digest(password), salt, 32, { N: n, r, p, maxmem: 256 * n * r }));
  const decoy: Kept = { cost, salt: randomBytes(16), hash: randomBytes(32) };
  return {
    async hash(password) {
      requireUsable(password);
      const salt = randomBytes(16);
      return format({ cost, salt, hash: await run(password, salt, cost) });
    },
    async check(password, kept) {
      const known = kept ? parse(kept) : undefined;
      const { cost: own, salt, hash } = known ?? decoy;
      const given = await run(password, salt, own);
      const isRight = timingSafeEqual(given, hash) && known !== undefined;
      return { isRight, isStale: isRight && JSON.stringify(own) !== JSON.stringify(cost) };
    },
  };
}

/** Throws `usage` for a password that cannot be one. */
function requireUsable(password: string): void {
  if ([...password].length < shortestPassword) {
    throw new Failure('usage', `a password has ${shortestPassword} characters at least`, {
      hint: 'Several words are easy to remember and hard to guess',
    });
  }
  if (Buffer.byteLength(password) > longest) {
    throw new Failure('usage', `a password has ${longest} bytes at most`);
  }
}

/** All of one length, since scrypt by itself takes a password and the same with NULs behind it for one. */
function digest(password: string): Buffer {
  return createHash('sha512').update(password.normalize('NFKC')).digest();
}

interface Kept {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function format({ cost: { n, r, p }, salt, hash }: Kept): string {
  return `scrypt$${n}$${r}$${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

function parse(text: string): Kept {
  const [name, n, r, p, salt = '', hash = ''] = text.split('$');
  const read = { cost: { n: Number(n), r: Number(r), p: Number(p) }, ...bytesOf({ salt, hash }) };
  if (name === 'scrypt' && read.hash.length === 32) return read;
  throw new Failure('unexpected', 'a password in the store is not as it was written');
}

function bytesOf({ salt, hash }: { readonly salt: string; readonly hash: string }) {
  return { salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function deriveByScrypt(password: Buffer, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
