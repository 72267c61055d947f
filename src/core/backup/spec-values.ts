import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import { parseDuration } from '../parse.ts';
import { writeDuration } from './words.ts';

const mostWords = 1000;

/** A refusal of what was asked for. */
export function bad(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}

/** What `read` gives; a `usage` it throws gets the key before its message. */
export function named<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `${key}: ${error.message}`, { hint: error.hint });
  }
}

/** Throws unless every key is known, with the nearest that is. */
export function refuseUnknown(input: object, known: readonly string[], within = ''): void {
  const key = Object.keys(input).find(one => !known.includes(one));
  if (key === undefined) return;
  const near = nearest(key, known);
  throw bad(
    `${within}${key.slice(0, 100)}: no such setting`,
    near ? `Did you mean ${near}?` : `Known are ${known.join(', ')}`,
  );
}

/** The value read, undefined where none is given. */
export function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

/** One line of 1 to `most` characters without those that control a terminal. */
export function text(key: string, value: unknown, most: number): string {
  if (value === undefined || value === null) throw bad(`${key}: is missing`);
  if (typeof value !== 'string' || value.trim() === '') throw bad(`${key}: is not a text`);
  if (value.length > most) throw bad(`${key}: is longer than ${most} characters`);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) throw bad(`${key}: has a control character`);
  return value.trim();
}

/** Names or ids, each once; none where nothing is given. */
export function words(key: string, value: unknown): string[] {
  const list = value ?? [];
  if (!Array.isArray(list)) throw bad(`${key}: is not a list of names`);
  if (list.length > mostWords) throw bad(`${key}: has more than ${mostWords} names`);
  return [...new Set(list.map(one => text(key, typeof one === 'number' ? String(one) : one, 100)))];
}

/** A whole number in the bounds, which are in them. */
export function whole(key: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw bad(`${key}: ${show(value)} is not a whole number from ${least} to ${most}`);
}

/** Milliseconds in the bounds, given as such or as text like `4h`. */
export function duration(key: string, value: unknown, least: number, most: number): number {
  const given = typeof value === 'string' ? named(key, () => parseDuration(value.slice(0, 100))) : value;
  if (typeof given === 'number' && given >= least && given <= most) return Math.round(given);
  const shown = typeof given === 'number' && given >= 0 ? writeDuration(given) : show(given);
  throw bad(`${key}: ${shown} is not ${writeDuration(least)} to ${writeDuration(most)}`);
}

export function flag(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw bad(`${key}: ${show(value)} is neither true nor false`);
}

/** The name of a command in the daemon's configuration. */
export function hook(key: string, value: unknown): string {
  const name = text(key, value, 100);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw bad(`${key}: '${name}' is not the name of a command`, "Commands are named in the daemon's configuration file");
}

/** Euros a month. */
export function cost(key: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 1_000_000) return value;
  throw bad(`${key}: ${show(value)} is not an amount above 0`);
}

/** A value as a message can hold it. */
function show(value: unknown): string {
  if (value === undefined || value === '') return 'nothing';
  return typeof value === 'object' && value !== null ? 'a list or an object' : `'${String(value).slice(0, 100)}'`;
}
