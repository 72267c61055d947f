import { describe, expect, it } from 'vitest';
import { createPasswords, usualCost } from '../../../src/core/auth/password.ts';

const cheap = { n: 16, r: 1, p: 1 };
const right = 'correct horse battery';

/** What derives at once, and counts; how many did so at the same time at most. */
function counting() {
  let running = 0;
  const seen = { calls: 0, together: 0, costs: [] as unknown[] };
  const derive = async (password: Buffer, salt: Buffer, length: number, { N }: { N?: number }) => {
    seen.calls += 1;
    seen.costs.push(N);
    running += 1;
    seen.together = Math.max(seen.together, running);
    await new Promise(setImmediate);
    running -= 1;
    return Buffer.alloc(length, password.toString('hex') + salt.toString('hex'));
  };
  return { seen, derive };
}

describe('a password', () => {
  it('is known again, and no other is', async () => {
    const passwords = createPasswords(cheap);
    const kept = await passwords.hash(right);
    expect(await passwords.check(right, kept)).toEqual({ isRight: true, isStale: false });
    for (const other of ['', 'correct horse batterz', ` ${right}`, right.toUpperCase(), `${right}\0`]) {
      expect((await passwords.check(other, kept)).isRight, other).toBe(false);
    }
  });

  it('is kept with its cost and a salt of its own, and nothing of it can be read', async () => {
    const passwords = createPasswords(cheap);
    const [one, other] = [await passwords.hash(right), await passwords.hash(right)];
    expect(one).toMatch(/^scrypt\$16\$1\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
    expect(one).not.toContain('horse');
  });

  it('is checked at the cost it was kept with, and is then to be hashed anew', async () => {
    const kept = await createPasswords(cheap).hash(right);
    const today = createPasswords({ n: 32, r: 1, p: 1 });
    expect(await today.check(right, kept)).toEqual({ isRight: true, isStale: true });
    expect(await today.check('something else', kept)).toEqual({ isRight: false, isStale: false });
  });

  it('costs what OWASP asks for', async () => {
    const passwords = createPasswords();
    const kept = await passwords.hash(right);
    expect(kept).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect((await passwords.check(right, kept)).isRight).toBe(true);
    expect(usualCost).toEqual({ n: 32768, r: 8, p: 3 });
  });

  it('is the same however its letters are composed', async () => {
    const passwords = createPasswords(cheap);
    const kept = await passwords.hash('Grüße aus Nürnberg'.normalize('NFD'));
    expect((await passwords.check('Grüße aus Nürnberg'.normalize('NFC'), kept)).isRight).toBe(true);
  });

  it('has twelve characters and no more than 1,024 bytes', async () => {
    const passwords = createPasswords(cheap);
    await expect(passwords.hash('short')).rejects.toThrow('a password has 12 characters at least');
    await expect(passwords.hash('x'.repeat(1025))).rejects.toThrow('a password has 1024 bytes at most');
    expect(await passwords.hash('é'.repeat(512))).toMatch(/^scrypt/);
  });

  it('takes the same work where nobody is known, where no password is kept, and where it is absurdly long', async () => {
    const { seen, derive } = counting();
    const passwords = createPasswords(cheap, derive);
    const kept = await passwords.hash(right);
    seen.calls = 0;
    for (const [given, of] of [
      [right, kept],
      ['wrong wrong wrong', kept],
      [right, undefined],
      [right, null],
      ['x'.repeat(9999), kept],
    ] as const) {
      const before = seen.calls;
      await passwords.check(given, of);
      expect(seen.calls - before).toBe(1);
    }
    expect(new Set(seen.costs)).toEqual(new Set([cheap.n]));
  });

  it('is worked on one at a time, however many come at once', async () => {
    const { seen, derive } = counting();
    const passwords = createPasswords(cheap, derive);
    await Promise.all(Array.from({ length: 50 }, () => passwords.check(right, undefined)));
    expect(seen).toMatchObject({ calls: 50, together: 1 });
  });

  it('goes on after work that failed', async () => {
    let calls = 0;
    const passwords = createPasswords(cheap, async (_password, _salt, length) => {
      calls += 1;
      if (calls === 1) throw new Error('no memory');
      return Buffer.alloc(length);
    });
    await expect(passwords.hash(right)).rejects.toThrow('no memory');
    expect(await passwords.hash(right)).toMatch(/^scrypt/);
  });
});
