import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashToken, kindOfToken, newToken, type TokenKind } from '../../../src/core/auth/gateway-token.ts';

const kinds: readonly TokenKind[] = ['token', 'session', 'invitation'];
const letters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

describe('a gateway token', () => {
  it('has 64 letters and digits, and tells its kind', () => {
    for (const kind of kinds) {
      const token = newToken(kind);
      expect(token).toMatch(/^cctl[tsi][A-Za-z0-9]{59}$/);
      expect(kindOfToken(token)).toBe(kind);
    }
  });

  it('is never made twice, and has every letter in it now and then', () => {
    const tokens = Array.from({ length: 2000 }, () => newToken('token'));
    expect(new Set(tokens).size).toBe(tokens.length);
    const used = new Set(tokens.flatMap(token => [...token.slice(5, -6)]));
    expect([...used].sort()).toEqual([...letters].sort());
  });

  it('is not taken for one with a letter changed, anywhere', () => {
    const changed = fc.record({ at: fc.nat(63), letter: fc.constantFrom(...letters), kind: fc.constantFrom(...kinds) });
    fc.assert(
      fc.property(changed, ({ at, letter, kind }) => {
        const token = newToken(kind);
        fc.pre(token[at] !== letter);
        expect(kindOfToken(token.slice(0, at) + letter + token.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is not taken for one with two neighbours changed over, or of another length', () => {
    fc.assert(
      fc.property(fc.nat(62), at => {
        const token = newToken('token');
        fc.pre(token[at] !== token[at + 1]);
        const swapped = token.slice(0, at) + token[at + 1] + token[at] + token.slice(at + 2);
        expect(kindOfToken(swapped)).toBeUndefined();
        expect(kindOfToken(token.slice(0, at))).toBeUndefined();
        expect(kindOfToken(`${token}${token[at]}`)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('is not taken for any other text', () => {
    const other = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...letters), minLength: 64, maxLength: 64 }),
    );
    fc.assert(
      fc.property(other, text => kindOfToken(text) === undefined),
      { numRuns: 2000 },
    );
    expect(kindOfToken(`${newToken('token')}\n`)).toBeUndefined();
  });

  it('is kept as its SHA-256 only', () => {
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
