import { Failure } from '../../core/failure.ts';

/** A value of a JSON body. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One `key=value` as typed; `raw` is a text whatever it looks like. */
export interface TypedField {
  readonly text: string;
  readonly raw: boolean;
}

/** The object that the fields make: `a[b]=1` is nested, `a[]=1` a list; `@file` and `@-` are read; throws `usage`. */
export async function buildBody(
  fields: readonly TypedField[],
  readFile: (path: string) => Promise<Buffer>,
): Promise<Record<string, Json>> {
  const body: Record<string, Json> = {};
  for (const { text, raw } of fields) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new Failure('usage', `'${text}' is not key=value`);
    const value = text.slice(equals + 1);
    place(body, parseKey(text.slice(0, equals)), raw ? value : await parseValue(value, readFile), text);
  }
  return body;
}

/** The value that a typed text means: numbers, true, false, null, a file's content, or the text itself. */
export async function parseValue(text: string, readFile: (path: string) => Promise<Buffer>): Promise<Json> {
  if (text.startsWith('@')) return (await readFile(text.slice(1))).toString('utf8');
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  // What a number cannot hold exactly stays text, leading zeros too.
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && String(Number(text)) === text) return Number(text);
  return text;
}

/** `public_net[ipv4]` is `public_net`, `ipv4`; `ssh_keys[]` is `ssh_keys` and an empty part. */
function parseKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  if (!match)
    throw new Failure('usage', `'${key}' is not a key`, { hint: 'Such as name, public_net[ipv4] or ssh_keys[]' });
  return [match[1]!, ...[...match[2]!.matchAll(/\[([^[\]]*)\]/g)].map(part => part[1]!)];
}

function place(target: Record<string, Json> | Json[], [key = '', ...rest]: string[], value: Json, text: string): void {
  const asList = Array.isArray(target);
  if (asList !== (key === '')) throw new Failure('usage', `'${text}' contradicts another field of the same key`);
  if (rest.length === 0) {
    if (!asList && Object.hasOwn(target, key)) throw new Failure('usage', `'${key}' is given twice: ${text}`);
    if (asList) target.push(value);
    else define(target, key, value);
    return;
  }
  const inner: Json = rest[0] === '' ? [] : {};
  const present = asList ? undefined : Object.hasOwn(target, key) ? target[key] : undefined;
  if (present === undefined) {
    if (asList) target.push(inner);
    else define(target, key, inner);
    place(inner as Json[], rest, value, text);
    return;
  }
  if (typeof present !== 'object' || present === null) {
    throw new Failure('usage', `'${text}' contradicts another field of the same key`);
  }
  place(present, rest, value, text);
}

/** The query that the fields make: texts as typed, a key given again (or as `id[]`) has a list of them; throws `usage`. */
export async function buildQuery(
  fields: readonly TypedField[],
  readFile: (path: string) => Promise<Buffer>,
): Promise<Record<string, string | string[]>> {
  const query: Record<string, string | string[]> = {};
  for (const { text, raw } of fields) {
    const equals = text.indexOf('=');
    const key = text.slice(0, Math.max(0, equals)).replace(/\[\]$/, '');
    if (equals < 1 || /[[\]]/.test(key)) throw new Failure('usage', `'${text}' is not key=value of a query`);
    const typed = text.slice(equals + 1);
    const value = raw ? typed : String(await parseValue(typed, readFile));
    query[key] = key in query ? [query[key]!, value].flat() : value;
  }
  return query;
}

// `__proto__` is a key like any other.
function define(target: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
