import { describe, expect, it } from 'vitest';
import { failureOf } from '../../config/home.ts';
import { attacks, bases, organizations } from './attacks.ts';
import { claims, jwksUrl, setUp } from './issuer.ts';

// One for all cases, as a daemon has one for all callers.
const { verify, source } = setUp({ organizations });

describe(`each of ${attacks.length} ways of forging, with each of ${bases.length} good tokens,`, () => {
  it('has a name of its own, and there are enough of them', () => {
    expect(new Set(attacks.map(([name]) => name)).size).toBe(attacks.length);
    expect(attacks.length * bases.length).toBeGreaterThan(2000);
  });

  it.each(attacks)('is refused without a word of the token: %s', async (_, forge) => {
    for (const base of bases) {
      expect(await verify(base.token), base.name).toMatchObject({ user: claims().sub });
      const forged = forge(base);
      expect(forged, base.name).not.toBe(base.token);
      const failure = await failureOf(() => verify(forged));
      expect(failure.code, base.name).toBe('unauthorized');
      expect([failure.details, failure.cause]).toEqual([undefined, undefined]);
      expect(leaked(`${failure.message} ${failure.hint}`, forged), base.name).toEqual([]);
    }
  });

  it('asks nothing but the one address, and that no more than twice', () => {
    expect(new Set(source.requests.map(({ url }) => url.href))).toEqual(new Set([jwksUrl]));
    expect(source.requests.length).toBeLessThanOrEqual(2);
  });
});

/** What of the token is in the text: eight of its characters in a row, or a string that its JSON has. */
function leaked(text: string, token: string): string[] {
  const rows = Array.from({ length: Math.max(0, text.length - 7) }, (_, at) => text.slice(at, at + 8));
  const decoded = token.split('.', 5).map(part => Buffer.from(part.slice(0, 12_000), 'base64url').toString());
  const strings = decoded.flatMap(json =>
    [...json.matchAll(/[:,[]\s*"([^"]{4,})"(?!\s*:)/g)].map(([, value]) => value!),
  );
  return [...rows.filter(row => token.includes(row)), ...strings.filter(value => text.includes(value))];
}
