import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createVerifier, type VerifierOptions } from '../../../../src/core/auth/verify/index.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../../../src/core/world.ts';
import { type FakeClock, fakeClock } from '../../../helpers/clock.ts';

/** A key pair of an issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A fresh RSA key pair. */
export function makeKey(kid: string, modulusLength = 2048, publicExponent = 65537): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength, publicExponent }) };
}

/** A key as WorkOS publishes it, with members changed; undefined leaves one out. */
export function toJwk({ kid, publicKey }: SigningKey, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig', ...changes };
}

/** What stands in one part of a token: objects as JSON, text and bytes as they are. */
export type Content = object | string | Buffer;

/** One part of a token in base64url. */
export function encodePart(content: Content): string {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return bytes.toString('base64url');
}

/** A token with an RS256 signature by that key, whatever its header says. */
export function signToken(header: Content, payload: Content, { privateKey }: Pick<SigningKey, 'privateKey'>): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

/** When the tests take place, in milliseconds, and in the seconds of tokens. */
export const now = Date.parse('2026-11-23T08:00:00Z');
export const seconds = now / 1000;

export const clientId = 'client_01J8ZK5Q2R';
export const issuer = `https://api.workos.com/user_management/${clientId}`;
export const jwksUrl = `https://api.workos.com/sso/jwks/${clientId}`;

/** The keys of the issuer, made once for all tests of a file. */
export const keys = { first: makeKey('sso_oidc_key_first'), second: makeKey('sso_oidc_key_second') } as const;

/** The claims of a small good token, with changes; undefined leaves a claim out. */
export function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: issuer,
    sub: 'user_01J8ZKAAAA',
    sid: 'session_01J8ZKBBBB',
    iat: seconds - 60,
    exp: seconds + 240,
    ...changes,
  };
}

/** A good token with changed claims, signed by the first key. */
export function token(changes: Record<string, unknown> = {}, key: SigningKey = keys.first): string {
  return signToken({ alg: 'RS256', kid: key.kid }, claims(changes), key);
}

/** A transport that answers with a key set, or as told, and remembers what it was asked. */
export interface Issuer {
  readonly http: Transport;
  readonly requests: HttpRequest[];
  /** What comes next: an answer, or an error to reject with. */
  answer: HttpResponse | Error;
}

/** An answer with these JSON Web Keys. */
export function keySet(...jwks: unknown[]): HttpResponse {
  return { status: 200, headers: {}, body: JSON.stringify({ keys: jwks }) };
}

/** An issuer that publishes these keys. */
export function createIssuer(...published: SigningKey[]): Issuer {
  const created: Issuer = {
    requests: [],
    answer: keySet(...published.map(key => toJwk(key))),
    async http(request) {
      created.requests.push(request);
      const { answer } = created;
      // So that requests made meanwhile find this one under way.
      await new Promise(setImmediate);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return created;
}

/** A verifier with an issuer that publishes both keys, and its clock; options change the defaults. */
export function setUp(options: Partial<VerifierOptions> = {}, published: SigningKey[] = [keys.first, keys.second]) {
  const source = createIssuer(...published);
  const clock: FakeClock = fakeClock(now);
  const issuers = [issuer, 'https://api.workos.com'];
  const verifier = createVerifier({ jwksUrl, issuers, clientId, http: source.http, clock, ...options });
  return { source, clock, verifier, verify: (text: string) => verifier.verify(text) };
}
