import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure.ts';

/** What a signed checkpoint says. */
export interface Point {
  readonly seq: number;
  readonly at: number;
  readonly hash: string;
}

/** The key (Ed25519, private) in that file, made where there is none; only its owner can read it. Throws `usage` when there is something else. */
export function loadAuditKey(file: string): KeyObject {
  try {
    return read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const whole = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const made = openSync(whole, 'w', 0o600);
  writeSync(made, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  fsyncSync(made);
  closeSync(made);
  try {
    // Unlike a rename, it takes nothing away that another process has just put there.
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(whole, { force: true });
  }
  return read(file);
}

function read(file: string): KeyObject {
  const text = readFileSync(file, 'utf8');
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new Failure('usage', `the key of the audit log can be read by others: ${file}`, {
      hint: `chmod 600 ${file}`,
    });
  }
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What it says might have a piece of the key in it.
  }
  throw new Failure('usage', `the key of the audit log is no private key of Ed25519: ${file}`);
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
