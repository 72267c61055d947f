import { privateEncrypt } from 'node:crypto';
import type { Attack, Base } from './attacks.ts';
import { claims, encodePart, makeKey, signToken } from './issuer.ts';

const stranger = makeKey('stranger');

/** A token with its signature changed. */
function resign(change: (signature: Buffer, base: Base) => Buffer): (base: Base) => string {
  return base => {
    const [header, payload, signature] = base.token.split('.');
    return `${header}.${payload}.${change(Buffer.from(signature!, 'base64url'), base).toString('base64url')}`;
  };
}

const bitsFlipped = [0, 1, 7, 8, 1000, 1024, 2040, 2047].map(
  (bit): Attack => [
    `bit ${bit} of the signature flipped`,
    resign(signature => {
      signature[bit >> 3]! ^= 0x80 >> (bit & 7);
      return signature;
    }),
  ],
);

/** Claims that an attacker would like to have, under the signature of others. */
const wishes: Record<string, object> = {
  'another user': { sub: 'user_somebody_else' },
  'another session': { sid: 'session_somebody_else' },
  'a later end': { exp: 9_999_999_999 },
  'another organization': { org_id: 'org_01J8ZKDDDD_' },
  'more permissions': { permissions: ['everything'] },
  'a role': { role: 'owner', roles: ['owner'] },
  'no impersonator': { act: undefined, jti: 'fresh' },
};
const swapped = Object.entries(wishes).flatMap(([name, wish]): Attack[] => [
  [
    `${name} under the old signature`,
    base => {
      const [header, , signature] = base.token.split('.');
      return `${header}.${encodePart({ ...base.claims, ...wish })}.${signature}`;
    },
  ],
  [`${name}, signed by a stranger`, base => signToken(base.header, { ...base.claims, ...wish }, stranger)],
]);

/** Attacks by the signature. */
export const signatureAttacks: readonly Attack[] = [
  ...bitsFlipped,
  ...swapped,
  ['no signature', ({ token }) => token.slice(0, token.lastIndexOf('.'))],
  ['an empty signature', ({ token }) => token.slice(0, token.lastIndexOf('.') + 1)],
  ['a signature of one byte', resign(() => Buffer.from([0]))],
  ['a signature of zeros', resign(() => Buffer.alloc(256))],
  ['a signature of ones', resign(() => Buffer.alloc(256, 0xff))],
  ['the number one as signature', resign(() => Buffer.concat([Buffer.alloc(255), Buffer.from([1])]))],
  ['a signature short of its last byte', resign(signature => signature.subarray(0, -1))],
  ['a signature short of its first byte', resign(signature => signature.subarray(1))],
  ['half a signature', resign(signature => signature.subarray(0, 128))],
  ['a signature with a byte more', resign(signature => Buffer.concat([signature, Buffer.from([0])]))],
  ['a signature with a zero before it', resign(signature => Buffer.concat([Buffer.from([0]), signature]))],
  ['the signature twice', resign(signature => Buffer.concat([signature, signature]))],
  ['the signature backwards', resign(signature => signature.reverse())],
  [
    'the signature of another token of the same key',
    base => {
      const other = signToken(base.header, claims({ sub: 'user_other' }), base.key).split('.')[2];
      return `${base.token.slice(0, base.token.lastIndexOf('.'))}.${other}`;
    },
  ],
  ['another key under the same kid', base => signToken(base.header, base.claims, stranger)],
  ['the claims encrypted in place of signed', resign((_, { key }) => privateEncrypt(key.privateKey, Buffer.from('x')))],
  [
    'a second signature in the place of the payload',
    ({ token }) => {
      const [header, , signature] = token.split('.');
      return `${header}.${signature}.${signature}`;
    },
  ],
  ['a token signed whole and put into another', base => signToken(base.header, base.token, base.key)],
];
