import { createHmac, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';

/** What a signed checkpoint says. */
export interface Point {
  readonly seq: number;
  readonly at: number;
  readonly hash: string;
}

/** What stands before the 32 bytes of a private key of Ed25519 in PKCS #8. */
const head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that signs the log (Ed25519, private), derived from the key of the store. */
export function auditKeyOf(storeKey: Uint8Array): KeyObject {
  const seed = new Uint8Array(hkdfSync('sha256', storeKey, '', 'cloudctl audit signature', 32));
  return createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
}

/** The public half, which is all that verifying takes. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

/** The signature of a checkpoint, in base64. */
export function signPoint(key: KeyObject, point: Point): string {
  return sign(null, textOf(point), key).toString('base64');
}

/** Whether a checkpoint is signed by the owner of the key. */
export function isSigned(key: KeyObject, point: Point & { readonly signature: string }): boolean {
  return verify(null, textOf(point), publicKeyOf(key), Buffer.from(point.signature, 'base64'));
}

function textOf({ seq, at, hash }: Point): Buffer {
  return Buffer.from(`cloudctl audit ${seq} ${at} ${hash}`);
}

/** A function that turns secrets into `hmac:...`: the same for the same secret, and of no use to who has not the key. */
export function createMask(key: KeyObject): (secret: string) => string {
  const raw = key.export({ type: 'pkcs8', format: 'der' });
  const derived = new Uint8Array(hkdfSync('sha256', raw, '', 'cloudctl audit secrets', 32));
  return secret => `hmac:${createHmac('sha256', derived).update(secret).digest('hex').slice(0, 32)}`;
}
