import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/core/failure.ts';
import { failureOf } from '../../config/home.ts';
import {
  claims,
  encodePart,
  type Issuer,
  keySet,
  keys,
  makeKey,
  now,
  setUp,
  signToken,
  toJwk,
  token,
} from './issuer.ts';

const minute = 60_000;
const hour = 60 * minute;
const third = makeKey('sso_oidc_key_third');
const endless = { exp: now / 1000 + 90 * 86_400 };

const down = { status: 500, headers: {}, body: 'no' };
const unreachable = new Failure('unreachable', 'the issuer is away');

/** The code of the refusal; `accepted` when there was none. */
function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    error => (error as Failure).code ?? String(error),
  );
}

describe('the keys', () => {
  it('are asked for once, when the first token comes, as JSON and within five seconds', async () => {
    const { verify, source } = setUp();
    expect(source.requests).toHaveLength(0);
    await verify(token());
    await verify(token({}, keys.second));
    expect(source.requests).toMatchObject([{ method: 'GET', headers: { accept: 'application/json' }, timeout: 5000 }]);
  });

  it('are asked for once by any number of callers at the same time', async () => {
    const { verify, source } = setUp();
    await Promise.all(Array.from({ length: 200 }, (_, n) => verify(token({}, n % 2 ? keys.first : keys.second))));
    expect(source.requests).toHaveLength(1);
  });

  it('are not asked for a second time while an answer is on its way, however long it takes', async () => {
    const { verify, source, clock } = setUp();
    const first = verify(token());
    const later = clock.advance(minute);
    await Promise.all([first, later, verify(token())]);
    expect(source.requests).toHaveLength(1);
  });

  it('are kept for ten minutes, then asked for again', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    await clock.advance(10 * minute - 1);
    await verify(token(endless));
    expect(source.requests).toHaveLength(1);
    await clock.advance(1);
    await verify(token(endless));
    expect(source.requests).toHaveLength(2);
  });

  it('are asked for again when the clock was set back', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    await clock.advance(-hour);
    await outcome(verify(token(endless)));
    expect(source.requests).toHaveLength(2);
  });

  it('are not asked for by tokens that are malformed', async () => {
    const { verify, source } = setUp();
    await Promise.all(['', 'a.b.c', `${token()}=`].map(text => failureOf(() => verify(text))));
    expect(source.requests).toHaveLength(0);
  });
});

describe('a key id that is not known', () => {
  // The signature is not looked at before there is a key.
  const rest = token().slice(token().indexOf('.'));
  const strange = (n: number) => encodePart({ alg: 'RS256', kid: `random-${n}` }) + rest;

  it('makes no more than two requests however many tokens have one, one after the other', async () => {
    const { verify, source, clock } = setUp();
    await verify(token());
    await clock.advance(minute);
    for (let n = 0; n < 1000; n += 1) expect(await outcome(verify(strange(n)))).toBe('unauthorized');
    expect(source.requests).toHaveLength(2);
  });

  it('makes no more than two requests however many tokens have one, all at once', async () => {
    const { verify, source } = setUp();
    const outcomes = await Promise.all(Array.from({ length: 1000 }, (_, n) => outcome(verify(strange(n)))));
    expect(new Set(outcomes)).toEqual(new Set(['unauthorized']));
    expect(source.requests).toHaveLength(1);
  });

  it('makes one request in thirty seconds at most, over an hour too', async () => {
    const { verify, source, clock } = setUp();
    for (let n = 0; n < 720; n += 1) {
      await outcome(verify(strange(n)));
      await clock.advance(5000);
    }
    expect(source.requests).toHaveLength(120);
  });

  it('does not stop tokens of known keys, not even while the keys are asked for again', async () => {
    const { verify, source, clock } = setUp();
    await verify(token());
    await clock.advance(minute);
    const asking = outcome(verify(strange(1)));
    await verify(token());
    expect(source.requests).toHaveLength(2);
    expect(await asking).toBe('unauthorized');
  });
});

describe('when the issuer changes its keys', () => {
  it('a new one is taken after one more request, for all who wait for it', async () => {
    const { verify, source, clock } = setUp();
    await verify(token());
    await clock.advance(minute);
    source.answer = keySet(toJwk(keys.second), toJwk(third));
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(verify(token({}, third)))));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(source.requests).toHaveLength(2);
  });

  it('a dropped one is refused after that request', async () => {
    const { verify, source, clock } = setUp();
    await verify(token());
    await clock.advance(minute);
    source.answer = keySet(toJwk(keys.second), toJwk(third));
    await verify(token({}, third));
    expect(await outcome(verify(token()))).toBe('unauthorized');
  });

  it('a dropped one is refused after ten minutes without any other token', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    source.answer = keySet(toJwk(keys.second));
    await clock.advance(10 * minute);
    expect(await outcome(verify(token(endless)))).toBe('unauthorized');
    expect(source.requests).toHaveLength(2);
  });

  it('another key under the same id takes the place of the old one', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    source.answer = keySet(toJwk({ ...third, kid: keys.first.kid }));
    await clock.advance(10 * minute);
    expect(await outcome(verify(token(endless)))).toBe('unauthorized');
    await verify(token(endless, { ...third, kid: keys.first.kid }));
  });

  it('all that are dropped are refused, and nobody is told that the token is bad', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    source.answer = keySet();
    await clock.advance(10 * minute);
    expect(await outcome(verify(token(endless)))).toBe('unreachable');
  });
});

describe('a published key is left out', () => {
  const weak = makeKey('weak', 1024);
  const tiny = makeKey('tiny', 2048, 3);
  const privateJwk = { ...third.privateKey.export({ format: 'jwk' }), kid: third.kid, alg: 'RS256', use: 'sig' };
  it.each<[string, unknown, typeof third]>([
    ['for encryption', toJwk(third, { use: 'enc' }), third],
    ['without a use', toJwk(third, { use: undefined }), third],
    ['for another algorithm', toJwk(third, { alg: 'RS512' }), third],
    ['without an algorithm', toJwk(third, { alg: undefined }), third],
    ['without an id', toJwk(third, { kid: undefined }), third],
    ['with an id that is no text', toJwk(third, { kid: [third.kid] }), third],
    ['of another kind', toJwk(third, { kty: 'oct', k: 'c2VjcmV0' }), third],
    ['with broken numbers', toJwk(third, { n: '!!' }), third],
    ['with numbers of another type', toJwk(third, { n: 5 }), third],
    ['of 1024 bits', toJwk(weak), weak],
    ['with the exponent 3', toJwk(tiny), tiny],
    ['with the exponent 1', toJwk(third, { e: 'AQ' }), third],
    ['with its private half', privateJwk, third],
    ['that is null', null, third],
    ['that is a text', 'key', third],
  ])('%s, and the others are taken', async (_, jwk, key) => {
    const { verify, source } = setUp();
    source.answer = keySet(jwk, toJwk(keys.first));
    await verify(token());
    expect(await outcome(verify(signToken({ alg: 'RS256', kid: key.kid }, claims(), key)))).toBe('unauthorized');
  });
});

const outages: [string, Issuer['answer']][] = [
  ['answers with status 500', down],
  ['answers with status 404', { ...keySet(toJwk(keys.first)), status: 404 }],
  ['redirects', { status: 302, headers: { location: 'https://evil.example/jwks' }, body: '{"keys":[]}' }],
  ['answers with a web page', { status: 200, headers: {}, body: '<html><body>Sign in to the network</body></html>' }],
  ['answers with nothing', { status: 200, headers: {}, body: '' }],
  ['answers with null', { status: 200, headers: {}, body: 'null' }],
  ['answers with other JSON', { status: 200, headers: {}, body: '{"keys":{"0":1}}' }],
  ['answers with too much', keySet(toJwk(keys.first), { more: 'm'.repeat(300_000) })],
  ['cannot be reached', unreachable],
  ['does not answer in time', new Failure('timeout', 'no answer within 5 s')],
  ['cannot be asked by the transport', new Error('a bug')],
];

describe.each(outages)('when the issuer %s', (_, answer) => {
  it('the keys that are there go on for a day, and the issuer is asked every thirty seconds at most', async () => {
    const { verify, source, clock } = setUp();
    await verify(token(endless));
    source.answer = answer;
    await clock.advance(10 * minute);
    for (let n = 0; n < 60; n += 1) {
      await verify(token(endless));
      await clock.advance(1000);
    }
    expect(source.requests).toHaveLength(3);
    await clock.advance(24 * hour - 11 * minute - 1);
    await verify(token(endless));
    await clock.advance(1);
    expect(await outcome(verify(token(endless)))).toBe('unreachable');
  });

  it('a new key id is unreachable, never unauthorized: it may be a good one', async () => {
    const { verify, source, clock } = setUp();
    await verify(token());
    source.answer = answer;
    await clock.advance(minute);
    expect(await outcome(verify(token({}, third)))).toBe('unreachable');
    expect(await outcome(verify(token({}, third)))).toBe('unreachable');
    expect(await outcome(verify(token()))).toBe('accepted');
    expect(source.requests).toHaveLength(2);
  });

  it('and never gave a key, every good token is unreachable, and asking again waits five seconds', async () => {
    const { verify, source, clock } = setUp();
    const { answer: good } = source;
    source.answer = answer;
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(() => verify(token()))));
    for (const { code, message, hint } of failures) {
      expect({ code, hint }).toEqual({ code: 'unreachable', hint: 'Try again shortly' });
      expect(message).toMatch(/^the keys that tokens are signed with cannot be had: ./);
      expect(message).not.toContain('evil');
    }
    expect(source.requests).toHaveLength(1);
    source.answer = good;
    expect(await outcome(verify(token()))).toBe('unreachable');
    await clock.advance(5000);
    await verify(token());
    expect(source.requests).toHaveLength(2);
  });

  it('malformed tokens are still unauthorized', async () => {
    const { verify, source } = setUp();
    source.answer = answer;
    expect(await outcome(verify('not a token'))).toBe('unauthorized');
  });
});
