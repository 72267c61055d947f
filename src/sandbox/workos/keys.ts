import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { ulid } from './ids.ts';

/** A public key as a key set lists it. */
export interface PublishedKey {
  kty: string;
  n: string;
  e: string;
  kid: string;
  alg: 'RS256';
  use: 'sig';
}

/** The RSA keys of an issuer: one that signs, and older ones that still verify. */
export interface Keys {
  /** The token as a compact JWS; `header` is added to `alg` and `kid`, and wins over them. */
  sign(claims: object, header?: object): string;
  published(): PublishedKey[];
  /** The claims of a compact JWS that one of the published keys has signed; undefined for anything else. */
  verify(token: string): Record<string, unknown> | undefined;
  /** From now on another key signs; the old ones stay published with `keep`. */
  rotate(options: { keep: boolean }): void;
  /** Back to the key of the beginning. */
  restore(): void;
}

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** Keys that are made when they are first needed, since that takes a tenth of a second. */
export function createKeys(prefix: string, now: () => number): Keys {
  let first: SigningKey | undefined;
  // The one that signs stands first.
  let keys: SigningKey[] = [];
  const make = (): SigningKey => {
    return { kid: `${prefix}_${ulid(now())}`, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  };
  const current = () => {
    if (keys.length === 0) keys = [make()];
    first ??= keys[0]!;
    return keys[0]!;
  };
  return {
    sign: (claims, header = {}) => signWith(current(), claims, header),
    published() {
      current();
      return keys.map(publish);
    },
    verify: token => verifyWith(keys, token),
    rotate({ keep }) {
      const old = current();
      keys = [make(), ...(keep ? [old, ...keys.slice(1)] : [])];
    },
    restore() {
      keys = first ? [first] : [];
    },
  };
}

function signWith({ kid, privateKey }: SigningKey, claims: object, header: object): string {
  const signed = `${encode({ alg: 'RS256', kid, ...header })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function verifyWith(keys: readonly SigningKey[], token: string): Record<string, unknown> | undefined {
  const [, header, claims, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token) ?? [];
  const { alg, kid } = decode(header) ?? {};
  const key = keys.find(key => key.kid === kid);
  if (alg !== 'RS256' || !key) return undefined;
  const signed = Buffer.from(`${header}.${claims}`);
  const isRight = verify('sha256', signed, key.publicKey, Buffer.from(signature!, 'base64url'));
  return isRight ? decode(claims) : undefined;
}

function decode(part = ''): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function publish({ kid, publicKey }: SigningKey): PublishedKey {
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  return { kty: kty!, n: n!, e: e!, kid, alg: 'RS256', use: 'sig' };
}
