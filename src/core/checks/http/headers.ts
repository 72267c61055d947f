import { Failure } from '../../failure.ts';
import { isLoopback } from '../../transport/loopback.ts';

const secretNames = /^(authorization|cookie|proxy-authorization)$|token|api-?key|secret|password/i;
const ownNames = /^(content-length|transfer-encoding|connection|upgrade)$/i;

/** The headers of lines such as `Accept: text/html` that were checked. */
export function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map(split));
}

/** The lines of a text that are not empty. */
export function linesOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\r?\n/).filter(line => line.trim() !== '');
}

/** Throws `usage` for what is no header, and for one that would be kept and shown though it is a secret. */
export function checkPlain(line: string): void {
  const [name] = split(line);
  if (!isHeader(line))
    throw bad(`header: '${line.slice(0, 50)}' is not a header`, "Such as 'Accept: application/json'");
  if (ownNames.test(name)) throw bad(`header: ${name} is made by the request itself`);
  if (!secretNames.test(name)) return;
  throw bad(`header: ${name} would be kept and shown as plain text`, 'Put the line in a file: --secret-headers-file');
}

/** Throws `usage` for secret headers that are none, or that would go over the network in clear; never shows more of one than its name. */
export function checkSecret(given: { readonly url: string; readonly 'secret-headers'?: string | undefined }): void {
  const lines = linesOf(given['secret-headers']);
  for (const [place, line] of lines.entries()) {
    const where = `secret-headers: line ${place + 1}`;
    if (!isHeader(line)) throw bad(`${where} is not a header`, 'Such as Authorization: Bearer ..., a line each');
    const [name] = split(line);
    if (ownNames.test(name)) throw bad(`${where}: ${name} is made by the request itself`);
  }
  const { protocol, hostname, host } = new URL(given.url);
  if (lines.length === 0 || protocol === 'https:' || isLoopback(hostname)) return;
  throw bad('secret-headers: plain http would show them to the network', `Use https://${host}`);
}

function isHeader(line: string): boolean {
  const [name, value] = split(line);
  return /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name) && /^[\x20-\x7e\x80-\xff]{0,4096}$/.test(value);
}

function split(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
}

function bad(message: string, hint: string | undefined = undefined): Failure {
  return new Failure('usage', message, { hint });
}
