import { refusal } from './refusal.ts';

/** Longest token that is looked at, in characters. */
const most = 8 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Types of a token that says who may call: RFC 7519 and RFC 9068. Others (logout, event, proof of possession) are signed with the same keys and mean something else. */
const accessType = /^(application\/)?(at\+)?jwt$/i;

/** The id of the key that a token says it is signed with. Throws `unauthorized` unless the token is three parts of canonical base64url, header and payload JSON objects without a name given twice, and the header asks for no other way of reading it. Algorithm and signature are not looked at. */
export function readKeyId(token: string): string {
  // Callers pass on what came over the network.
  if (typeof token !== 'string' || token.length > most) throw malformed();
  const parts = token.split('.').map(decodePart);
  if (parts.length !== 3) throw malformed();
  const [header] = parts.slice(0, 2).map(readObject);
  const { kid, typ, crit, b64 } = header!;
  if (crit !== undefined || b64 !== undefined) throw malformed();
  if (typ !== undefined && (typeof typ !== 'string' || !accessType.test(typ))) throw malformed();
  if (typeof kid !== 'string') throw malformed();
  return kid;
}

/** Encoding again is the test: it gives the same text for canonical base64url only. */
function decodePart(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw malformed();
  return bytes;
}

function readObject(bytes: Buffer): Record<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  // Of two members with one name JSON.parse keeps the last; another reader of the same token may keep the first.
  if (countNames(text) !== countMembers(value)) throw malformed();
  return value as Record<string, unknown>;
}

/** How many strings of a valid JSON text are names of members. */
function countNames(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

/** Without recursion: how deep the value is nested was chosen by whoever sent it. */
function countMembers(value: object): number {
  const left: unknown[] = [value];
  let count = 0;
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner = Object.values(next);
    if (!Array.isArray(next)) count += inner.length;
    left.push(...inner);
  }
  return count;
}

function malformed() {
  return refusal('the token is malformed');
}
