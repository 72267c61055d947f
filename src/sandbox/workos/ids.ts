import { randomBytes } from 'node:crypto';

// Crockford's letters: none that is mistaken for another.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id such as user_01KAT..., later ones sorting after earlier ones; `now` in milliseconds. */
export function newId(prefix: string, now: number): string {
  return `${prefix}_${ulid(now)}`;
}

/** 26 letters: ten for the time in milliseconds, sixteen of chance. */
export function ulid(now: number): string {
  let time = '';
  for (let rest = now, place = 0; place < 10; place += 1) {
    time = letters[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  return time + pick(16, letters);
}

/** An opaque secret of 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A code for people, such as BCDF-GHJK: no vowels, so that it spells nothing. */
export function newUserCode(): string {
  const code = pick(8, 'BCDFGHJKLMNPQRSTVWXZ');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code as it was given out, however it was typed. */
export function normalizeUserCode(typed: string): string {
  const code = typed.toUpperCase().replace(/[^A-Z]/g, '');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

function pick(count: number, from: string): string {
  let word = '';
  while (word.length < count) {
    // Bytes beyond a multiple would make some letters likelier.
    for (const byte of randomBytes(count)) {
      if (byte < 256 - (256 % from.length) && word.length < count) word += from[byte % from.length];
    }
  }
  return word;
}
