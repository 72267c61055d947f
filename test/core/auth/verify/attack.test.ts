import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/core/failure.ts';
import { attacks, bases, organizations } from './attacks.ts';
import { claims, jwksUrl, setUp } from './issuer.ts';

const cases = bases.flatMap(base =>
  attacks.map(([name, forge]) => ({ name: `${name}, from ${base.name}`, base, forge })),
);

// One for all cases, as a daemon has one for all callers.
const { verify, source } = setUp({ organizations });

describe(`each of ${cases.length} forged tokens`, () => {
  it('has a name of its own, and there are enough of them', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(1000);
  });

  it.each(cases)('is refused without a word of it: $name', async ({ base, forge }) => {
    expect(await verify(base.token)).toMatchObject({ user: claims().sub });
    const forged = forge(base);
    expect(forged).not.toBe(base.token);
    const error: unknown = await verify(forged).then(
      () => 'accepted',
      error => error,
    );
    expect(error).toBeInstanceOf(Failure);
    const failure = error as Failure;
    expect(failure.code).toBe('unauthorized');
    expect([failure.details, failure.cause]).toEqual([undefined, undefined]);
    expect(leaked(`${failure.message} ${failure.hint}`, forged)).toEqual([]);
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
