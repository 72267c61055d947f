import { createPublicKey, type KeyObject } from 'node:crypto';
import { Failure } from '../../failure.ts';
import { isLoopback } from '../../transport/loopback.ts';
import type { Transport } from '../../world.ts';

/** Public keys by their id (`kid`). */
export type Keys = ReadonlyMap<string, KeyObject>;

/** Milliseconds for the whole answer. */
const timeout = 5000;

/** Longest key set that is read, in characters. */
const most = 256 * 1024;

/** The address of a key set; throws `usage` unless it is https, or http on this machine, without user and password. */
export function parseKeysUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPrivate = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!url || !isPrivate || url.username !== '' || url.password !== '') {
    throw new Failure('usage', 'the address of the keys that tokens are signed with is not an https address', {
      hint: 'Such as https://api.workos.com/sso/jwks/client_...',
    });
  }
  return url;
}

/** The keys published at an address: RSA of 2048 bits and more, for RS256 signatures; others are left out, so that there may be none. Rejects with `unreachable` when they cannot be had; a redirect is not followed. */
export async function fetchKeys(url: URL, http: Transport): Promise<Keys> {
  const { status, body } = await http({ method: 'GET', url, headers: { accept: 'application/json' }, timeout }).catch(
    cause => {
      throw noKeys(cause instanceof Failure ? cause.message : 'the connection failed', cause);
    },
  );
  if (status !== 200) throw noKeys(`${url.host} answered with status ${status}`);
  if (body.length > most) throw noKeys(`${url.host} answered with more than ${most} characters`);
  return readKeys(body, url.host);
}

function readKeys(body: string, host: string): Keys {
  const keys = parseJson(body)?.keys;
  if (!Array.isArray(keys)) throw noKeys(`${host} did not answer with a key set`);
  return new Map(
    keys.flatMap(jwk => {
      const key = readKey(jwk);
      return key ? [[jwk.kid, key] as const] : [];
    }),
  );
}

function parseJson(text: string): { keys?: unknown } | null | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for a key that is not for this; one whose private half was published would let anybody sign. */
function readKey(jwk: unknown): KeyObject | undefined {
  const { kty, use, alg, kid, d } = Object(jwk);
  if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256' || d !== undefined || typeof kid !== 'string') return undefined;
  try {
    const key = createPublicKey({ key: Object(jwk), format: 'jwk' });
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    // With a tiny exponent a signature can be made up without the private key.
    return modulusLength >= 2048 && publicExponent >= 65537n ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The Failure `unreachable` for keys that cannot be had: the token may be good. */
export function noKeys(why: string, cause?: unknown): Failure {
  return new Failure('unreachable', `the keys that tokens are signed with cannot be had: ${why}`, {
    hint: 'Try again shortly',
    cause,
  });
}
