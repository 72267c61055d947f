import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A text encrypted with AES-256-GCM under a key that is kept elsewhere; all but `version` in base64. */
export interface Sealed {
  readonly version: 2;
  /** Name of the key in the keyring. */
  readonly key: string;
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

/** A new name for a key, and the key. */
export function newKey(): { name: string; key: Buffer } {
  return { name: randomBytes(9).toString('base64url'), key: randomBytes(32) };
}

/** The text encrypted; never twice with the same nonce. */
export function seal(text: string, name: string, key: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(name));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    version: 2,
    key: name,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** The text; undefined when the key is another one or anything was changed. */
export function unseal(sealed: Sealed, key: Buffer): string | undefined {
  try {
    const [iv, tag, data] = [sealed.iv, sealed.tag, sealed.data].map(part => Buffer.from(part, 'base64'));
    const decipher = createDecipheriv('aes-256-gcm', key, iv!, { authTagLength: 16 });
    decipher.setAAD(boundTo(sealed.key)).setAuthTag(tag!);
    return Buffer.concat([decipher.update(data!), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function boundTo(name: string): Buffer {
  return Buffer.from(`cloudctl credentials 2 ${name}`);
}
