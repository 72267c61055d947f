import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeyId } from '../../../../src/core/auth/verify/compact-form.ts';
import type { Principal } from '../../../../src/core/auth/verify/index.ts';
import { Failure } from '../../../../src/core/failure.ts';
import { bases, organizations } from './attacks.ts';
import { claims, encodePart, issuer, keys, makeKey, now, seconds, setUp, signToken, token } from './issuer.ts';

const { verify } = setUp({ organizations });
const open = setUp();
const stranger = makeKey(keys.first.kid);
const good = { alg: 'RS256', kid: keys.first.kid };

/** What became of a token; anything but a principal and a refusal fails the test. */
async function decide(text: string, by = verify): Promise<Principal | 'refused'> {
  try {
    return await by(text);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe('unauthorized');
    return 'refused';
  }
}

const base = fc.constantFrom(...bases);
const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ');

describe('whatever is sent', () => {
  it('a good token with one character changed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(base, fc.nat(), letter, async ({ token: text }, place, other) => {
        const at = place % text.length;
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        if (changed !== text) expect(await decide(changed)).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  it('a good token with characters taken out, put in or moved is refused', async () => {
    const cut = fc.tuple(fc.nat(), fc.nat(20), fc.string({ unit: letter, maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(base, cut, async ({ token: text }, [place, length, more]) => {
        const at = place % (text.length + 1);
        const changed = text.slice(0, at) + more + text.slice(at + length);
        if (changed !== text) expect(await decide(changed)).toBe('refused');
      }),
      { numRuns: 200 },
    );
  });

  it('any text is refused', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(encodePart),
      fc.uint8Array().map(bytes => encodePart(Buffer.from(bytes))),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 6 }).map(parts => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async one => {
        expect(await decide(one)).toBe('refused');
      }),
      { numRuns: 200 },
    );
  });

  it('what a stranger signs is refused, with any header and claims', async () => {
    const header = fc.dictionary(fc.constantFrom('jku', 'jwk', 'x5c', 'x5u', 'typ', 'kid', 'alg'), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(header, fc.dictionary(fc.string(), fc.jsonValue()), async (own, more) => {
        const forged = signToken({ ...good, ...own }, claims({ org_id: organizations[0], ...more }), stranger);
        expect(await decide(forged)).toBe('refused');
      }),
      { numRuns: 200 },
    );
  });

  it('any header under a good signature is taken or refused, and taken only for RS256 and our key', async () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('RS256', 'none', 'HS256', 'JWT', keys.first.kid));
    const header = fc.dictionary(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jku', 'cty'), value);
    await fc.assert(
      fc.asyncProperty(header, fc.boolean(), async (own, isGood) => {
        const full: Record<string, unknown> = isGood ? { ...good, ...own } : own;
        const decided = await decide(signToken(full, claims(), keys.first), open.verify);
        if (decided === 'refused') return;
        expect(full).toMatchObject(good);
        expect(Object.keys(full)).not.toContain('crit');
        expect(Object.keys(full)).not.toContain('b64');
      }),
      { numRuns: 200 },
    );
  });
});

describe('whatever the issuer signs', () => {
  const names = [
    'iss',
    'sub',
    'sid',
    'exp',
    'iat',
    'nbf',
    'aud',
    'client_id',
    'org_id',
    'role',
    'roles',
    'permissions',
  ];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(issuer, 'user', ...organizations),
    fc.integer({ min: seconds - 100, max: seconds + 1000 }),
    fc.double(),
    fc.array(fc.string()),
  );
  const text = expect.stringMatching(/./s);

  it('a claim of any value is refused, or gives a principal of the right form', async () => {
    const odd = fc.dictionary(fc.constantFrom(...names, 'act', 'jti', '__proto__'), value, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(odd, async changes => {
        const payload = JSON.stringify({ ...claims({ org_id: organizations[1] }), ...changes });
        const decided = await decide(signToken(good, payload, keys.first));
        if (decided === 'refused') return;
        expect(decided).toMatchObject({ user: text, session: text });
        expect(organizations).toContain(decided.organization);
        expect(decided.expiresAt).toBeGreaterThan(now - 5000);
        expect(decided.issuedAt).toBeLessThanOrEqual(now + 5000);
        for (const list of [decided.roles, decided.permissions]) {
          expect(list).toEqual(list.map(() => text));
        }
        for (const optional of [decided.role, decided.actor, decided.tokenId]) {
          expect([undefined, text]).toContainEqual(optional);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a time decides alone: not after its end, not before its start, five seconds allowed', async () => {
    const near = fc.integer({ min: -30, max: 30 });
    await fc.assert(
      fc.asyncProperty(near, near, fc.option(near), async (exp, iat, nbf) => {
        const times = { exp: seconds + exp, iat: seconds + iat, nbf: nbf === null ? undefined : seconds + nbf };
        const isGood = exp > -5 && iat <= 5 && (nbf ?? 0) <= 5;
        expect((await decide(token(times), open.verify)) !== 'refused').toBe(isGood);
      }),
      { numRuns: 200 },
    );
  });

  it('a member given twice at any place is refused, and JSON with none in any spelling is read', async () => {
    const part = (content: string) => `${encodePart(good)}.${encodePart(content)}.AAAA`;
    await fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(2), (object, indent) => {
        expect(readKeyId(part(JSON.stringify(object, undefined, indent)))).toBe(keys.first.kid);
        const [first] = Object.keys(object);
        if (first === undefined) return;
        const twice = `{${JSON.stringify(first)}:1,${JSON.stringify(object).slice(1)}`;
        expect(() => readKeyId(part(twice))).toThrow(Failure);
        expect(() => readKeyId(part(`{"in":[${twice}]}`))).toThrow(Failure);
      }),
      { numRuns: 200 },
    );
  });

  it('bytes are read from one spelling in base64url only', () => {
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 12 }), part => {
        const canonical = Buffer.from(part, 'base64url').toString('base64url');
        const read = () => readKeyId(`${encodePart(good)}.${encodePart('{}')}.${part}`);
        if (part === canonical) expect(read()).toBe(keys.first.kid);
        else expect(read).toThrow(Failure);
      }),
      { numRuns: 300 },
    );
  });
});
