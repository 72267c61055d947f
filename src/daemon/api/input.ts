import { Failure } from '../../core/failure.ts';
import { type Field, type Fields, type FieldType, keyOf } from '../../core/field.ts';
import { type FieldTypes, parsers } from '../../core/parse.ts';
import { type Complaints, complain, requireNone } from './complaints.ts';

const longestText = 65_536;
const longestList = 1000;

/** The values of a verb's fields from a JSON body, by the fields' names: of the declared types, with defaults, durations in milliseconds; null counts as absent. Throws `refused` (`invalid_input`) that names every key that is wrong or unknown. */
export function readInput(fields: Fields, body: unknown): Record<string, unknown> {
  if (body !== undefined && !isRecord(body)) {
    throw new Failure('usage', 'the body must be a JSON object', { apiCode: 'json_error' });
  }
  const given: Readonly<Record<string, unknown>> = body ?? {};
  const complaints: Complaints = new Map();
  const names = new Map(Object.entries(fields).map(([name, declared]) => [keyOf(name, declared), name]));
  for (const key of Object.keys(given)) {
    if (!names.has(key)) complain(complaints, key.slice(0, 100), 'is not known');
  }
  const values = [...names].flatMap(([key, name]) => {
    const declared = fields[name]!;
    const value = Object.hasOwn(given, key) ? (given[key] ?? undefined) : undefined;
    const read = value === undefined ? declared.default : readValue(declared, value, key, complaints);
    if (declared.required && (value === undefined || value === '')) complain(complaints, key, 'is required');
    return read === undefined ? [] : [[name, read] as const];
  });
  requireNone(complaints);
  return Object.fromEntries(values);
}

function readValue(declared: Field, value: unknown, key: string, complaints: Complaints): unknown {
  try {
    const read = readers[declared.type](value);
    const wrong = (Array.isArray(read) ? read : [read]).find(one => declared.choices?.includes(String(one)) === false);
    if (wrong !== undefined) complain(complaints, key, `must be one of ${declared.choices!.join(', ')}`);
    return read;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(complaints, key, error.message);
    return undefined;
  }
}

type Reader<T extends FieldType> = (value: unknown) => FieldTypes[T];

const readers: { readonly [T in FieldType]: Reader<T> } = {
  text: readText,
  integer: value => require(Number.isSafeInteger(value), value as number, 'must be an integer'),
  decimal: value => require(Number.isFinite(value), value as number, 'must be a number'),
  boolean: value => require(typeof value === 'boolean', value as boolean, 'must be true or false'),
  list: readList,
  repeat: readList,
  labels: readLabels,
  duration: value =>
    require(Number.isSafeInteger(value) && Number(value) >= 0, value as number, 'must be milliseconds, 0 or more'),
  time: readWritten('time', 'must be a time of RFC 3339'),
  selector: readWritten('selector', 'must be a label selector'),
  ip: readWritten('ip', 'must be an IP address'),
  cidr: readWritten('cidr', 'must be a network in CIDR notation'),
};

function readText(value: unknown): string {
  if (typeof value !== 'string') throw wrong('must be a string');
  return require(value.length <= longestText, value, 'is too long');
}

/** Ids may come as numbers. */
function readList(value: unknown): string[] {
  const isListed = (one: unknown) => typeof one === 'string' || Number.isSafeInteger(one);
  if (!Array.isArray(value) || !value.every(isListed)) throw wrong('must be a list of strings');
  if (value.length > longestList) throw wrong(`must have at most ${longestList} entries`);
  return value.map(one => readText(String(one)));
}

function readLabels(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw wrong('must be an object of strings');
  const pairs = Object.entries(value).map(([key, text]) => `${key}=${typeof text === 'string' ? text : ','}`);
  if (pairs.some(pair => pair.includes(','))) throw wrong('must be an object of strings');
  return parsers.labels(pairs);
}

function readWritten<T extends 'time' | 'selector' | 'ip' | 'cidr'>(type: T, message: string): Reader<T> {
  return value => {
    const text = readText(value);
    try {
      return parsers[type]([text]);
    } catch (error) {
      throw error instanceof Failure ? wrong(message) : error;
    }
  };
}

function require<T>(holds: boolean, value: T, message: string): T {
  if (!holds) throw wrong(message);
  return value;
}

function wrong(message: string): Failure {
  return new Failure('usage', message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
