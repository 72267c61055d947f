import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What each kind of secret begins with, by which programs that look for leaked ones know it. */
const prefixes = { token: 'cctlt', session: 'cctls', invitation: 'cctli' } as const;

export type TokenKind = keyof typeof prefixes;

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Several clients of Hetzner take tokens of this length only. */
const length = 64;
const checksumLength = 6;

/** A new secret: 64 letters and digits, with 315 random bits and a checksum at the end. */
export function newToken(kind: TokenKind): string {
  const prefix = prefixes[kind];
  const body = prefix + randomLetters(length - prefix.length - checksumLength);
  return body + checksumOf(body);
}

/** What kind of secret a text is; undefined when it is none, or was mistyped. */
export function kindOfToken(text: string): TokenKind | undefined {
  if (!/^[A-Za-z0-9]{64}$/.test(text)) return undefined;
  const body = text.slice(0, -checksumLength);
  if (checksumOf(body) !== text.slice(-checksumLength)) return undefined;
  return (Object.keys(prefixes) as TokenKind[]).find(kind => text.startsWith(prefixes[kind]));
}

/** The SHA-256 of a secret in hexadecimal, all that is kept of one. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Without bias: bytes beyond the last whole round of letters are thrown away. */
function randomLetters(count: number): string {
  const rounds = 256 - (256 % letters.length);
  let text = '';
  while (text.length < count) {
    for (const byte of randomBytes(count)) if (byte < rounds) text += letters[byte % letters.length];
  }
  return text.slice(0, count);
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let digit = 0; digit < checksumLength; digit += 1) {
    text = letters[rest % letters.length] + text;
    rest = Math.floor(rest / letters.length);
  }
  return text;
}
