import { appendFileSync } from 'node:fs';
import { Failure, toFailure } from './failure.ts';
import type { Clock, HttpRequest, HttpResponse, Transport, World } from './world.ts';

/** Writes one line of debug output, which must hold no secret any more. */
export type DebugLog = (line: string) => void;

const masked = '[redacted]';
const secretName =
  /authorization|cookie|password|passwd|token|secret|credential|wss_?url|user_?data|private_?key|api_?key|webhook|device_?code|session_?id/i;
const certificateName = /^cert(ificate)?$/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const userInfo = /\/\/[^/\s@]+@/g;

/** A debug log on standard error, or appended to a file that only its owner can read; throws `usage` when that cannot be written. */
export function openDebugLog(world: World, file?: string): DebugLog {
  if (!file) return line => world.err.write(`${line}\n`);
  try {
    appendFileSync(file, '', { mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('usage', `the debug file cannot be written: ${file} (${code})`, { cause });
  }
  return line => {
    try {
      appendFileSync(file, `${line}\n`);
    } catch {
      // A disk that fills up must not make a change that was made look like one that failed.
    }
  };
}

/** The transport, with every request and answer written to the log. */
export function logTransport(http: Transport, clock: Clock, debug: DebugLog): Transport {
  return async request => {
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    // The token can also come back in an answer, as part of a text.
    const write = (lines: string[]) => {
      for (const line of lines) debug(token ? line.replaceAll(token, masked) : line);
    };
    const started = clock.now();
    write(requestLines(request));
    const answer = await http(request).catch(error => {
      write([failureLine(request, toFailure(error), clock.now() - started)]);
      throw error;
    });
    write(responseLines(request, answer, clock.now() - started));
    return answer;
  };
}

/** The value with everything secret replaced, at any depth: by the name of its key, and keys and URLs with passwords in texts. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redactNamed(name, inner)]));
}

function redactNamed(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (secretName.test(name)) return masked;
  // `certificate` is also the resource that an answer holds.
  if (certificateName.test(name) && typeof value === 'string') return masked;
  return redact(value);
}

function redactText(text: string): string {
  return privateKey.test(text) ? masked : text.replace(userInfo, `//${masked}@`);
}

/** The URL as text, values of secret query parameters and any password replaced. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  for (const name of new Set(shown.searchParams.keys())) {
    if (secretName.test(name)) shown.searchParams.set(name, masked);
  }
  return redactText(shown.href);
}

/** The lines that tell of a request before it is sent. */
export function requestLines({ method, url, headers, body }: HttpRequest): string[] {
  return [
    `> ${method} ${redactUrl(url)}`,
    ...headerLines('>', headers),
    ...(body === undefined ? [] : [`>   ${bodyLine(body)}`]),
  ].map(printable);
}

/** The lines that tell of an answer that took `ms` milliseconds. */
export function responseLines({ method, url }: HttpRequest, answer: HttpResponse, ms: number): string[] {
  const left = answer.headers['ratelimit-remaining'];
  const id = answer.headers['x-correlation-id'];
  const notes = [`in ${Math.round(ms)} ms`, left && `${left} requests left`, id && `correlation id ${id}`];
  return [
    `< ${answer.status} ${method} ${redactUrl(url)} ${notes.filter(Boolean).join(', ')}`,
    ...headerLines('<', answer.headers),
    ...(answer.body === '' ? [] : [`<   ${bodyLine(answer.body)}`]),
  ].map(printable);
}

/** The line that tells of a request that got no answer within `ms` milliseconds. */
export function failureLine({ method, url }: HttpRequest, failure: Failure, ms: number): string {
  return printable(`! ${method} ${redactUrl(url)} ${failure.code} after ${Math.round(ms)} ms: ${failure.message}`);
}

function headerLines(mark: string, headers: HttpResponse['headers']): string[] {
  const shown = redact(headers) as Record<string, string | undefined>;
  return Object.entries(shown).map(([name, value]) => `${mark}   ${name}: ${value}`);
}

/** What a server sends must not steer the terminal, nor turn the direction of its text. */
function printable(line: string): string {
  return line.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What is not JSON may hold anything, so only its length is told. */
function bodyLine(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    // A bare text has no key that would tell whether it is a secret.
    if (typeof value === 'object') return JSON.stringify(redact(value));
  } catch {}
  return `(${Buffer.byteLength(body)} bytes)`;
}
