import { Failure } from './failure.ts';

/** What a value typed for each type of field becomes. */
export interface FieldTypes {
  text: string;
  integer: number;
  /** With or without a fraction: `12.50`. */
  decimal: number;
  boolean: boolean;
  /** Repeated or separated by commas. */
  list: string[];
  /** Repeated, commas kept: for values that may hold one. */
  repeat: string[];
  /** `key=value`, repeated or separated by commas. */
  labels: Record<string, string>;
  /** Milliseconds: `500ms`, `1m30s`, `30d`, `2w`. */
  duration: number;
  /** RFC 3339, or a duration where the field has a `reach`: kept as text that was checked. */
  time: string;
  selector: string;
  ip: string;
  cidr: string;
}

type Parser<T> = (typed: readonly string[]) => T;

/** One parser a type; each throws `usage` with what is wrong and what is taken. */
export const parsers: { readonly [T in keyof FieldTypes]: Parser<FieldTypes[T]> } = {
  text: last,
  integer: typed => parseInteger(last(typed)),
  decimal: typed => parseDecimal(last(typed)),
  boolean: typed => parseBoolean(last(typed)),
  list: typed => typed.flatMap(splitCommas),
  repeat: typed => [...typed],
  labels: typed => Object.fromEntries(typed.flatMap(splitCommas).map(parseLabel)),
  duration: typed => parseDuration(last(typed)),
  time: typed => checkTime(last(typed)),
  selector: typed => checkSelector(last(typed)),
  ip: typed => checkIp(last(typed)),
  cidr: typed => checkCidr(last(typed)),
};

function last(typed: readonly string[]): string {
  return typed.at(-1) ?? '';
}

function splitCommas(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

function parseInteger(text: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw bad(`'${text}' is not a whole number`);
  return value;
}

function parseDecimal(text: string): number {
  if (!/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) throw bad(`'${text}' is not a number`, 'Such as 12.50');
  return Number(text);
}

function parseBoolean(text: string): boolean {
  if (['true', 't', '1', 'yes', 'on'].includes(text.toLowerCase())) return true;
  if (['false', 'f', '0', 'no', 'off'].includes(text.toLowerCase())) return false;
  throw bad(`'${text}' is neither true nor false`);
}

const labelName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Whether Hetzner takes it for the key of a label: `[prefix/]name`. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  return (
    labelName.test(key.slice(slash + 1)) && (prefix === undefined || (prefix.length <= 253 && labelPrefix.test(prefix)))
  );
}

/** Whether Hetzner takes it for the value of a label. */
export function isLabelValue(value: string): boolean {
  return value === '' || labelName.test(value);
}

/** Throws `usage` unless `key` is a label key Hetzner takes. */
export function checkLabelKey(key: string): string {
  if (isLabelKey(key)) return key;
  throw bad(`'${key}' is not a label key`, 'A key is [prefix/]name, name at most 63 letters, digits, - _ . inside');
}

function parseLabel(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw bad(`'${text}' is not key=value`);
  const key = checkLabelKey(text.slice(0, equals));
  const value = text.slice(equals + 1);
  if (!isLabelValue(value)) {
    throw bad(
      `'${value}' is not a label value`,
      'At most 63 letters, digits, - _ . and both ends a letter or a digit, or empty',
    );
  }
  return [key, value];
}

const unit: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds in a duration such as `1m30s`, `500ms`, `30d`; throws `usage` for anything else. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)];
  const matched = parts.map(part => part[0]).join('');
  if (text === '' || matched !== text)
    throw bad(`'${text}' is not a duration`, 'Such as 500ms, 30s, 1m30s, 2h, 30d, 2w');
  return parts.reduce((sum, [, amount, name]) => sum + Number(amount) * (unit[name!] ?? 0), 0);
}

const rfc3339 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function checkTime(text: string): string {
  if (rfc3339.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw bad(`'${text}' is not a time`, 'Such as 2026-11-23, or 2026-11-23T08:00:00Z');
}

const longest = 100 * 366 * 86_400_000;

/** Whether it is a duration that can be reckoned with: a century at most. */
export function isDuration(text: string): boolean {
  try {
    return parseDuration(text) <= longest;
  } catch {
    return false;
  }
}

/** The text when it is a time or a duration that stands for one; throws `usage`. */
export function parseReach(text: string): string {
  if (isDuration(text)) return text;
  try {
    return checkTime(text);
  } catch {
    throw bad(`'${text}' is neither a time nor a duration`, 'Such as 24h, 2026-11-23, or 2026-11-23T08:00:00Z');
  }
}

const selectorTerm =
  /^(!?[^\s=!,()]+|[^\s=!,()]+\s*(==|=|!=)\s*[^\s=!,()]*|[^\s=!,()]+\s+(in|notin)\s*\(\s*[^\s=!,()]+(\s*,\s*[^\s=!,()]+)*\s*\))$/;

/** The selector itself when it is one that Hetzner takes; throws `usage` naming the bad term otherwise. */
export function checkSelector(text: string): string {
  const terms = text.split(/,(?![^(]*\))/).map(term => term.trim());
  const wrong = terms.find(term => !selectorTerm.test(term));
  if (wrong === undefined) return text;
  throw bad(
    `'${wrong}' is not a label selector`,
    "Such as env=prod, 'env!=prod', env, '!env', 'env in (a,b)', joined by commas",
  );
}

function checkIp(text: string): string {
  if (isIpv4(text) || isIpv6(text)) return text;
  throw bad(`'${text}' is not an IP address`);
}

function checkCidr(text: string): string {
  const [address = '', bits = '', ...rest] = text.split('/');
  const most = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  if (rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most) return text;
  throw bad(`'${text}' is not a network in CIDR notation`, 'Such as 10.0.0.0/16');
}

// node:net would cost its import on the path of every command.
function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  if (!text.includes(':')) return false;
  try {
    return new URL(`http://[${text}]/`).hostname !== '';
  } catch {
    return false;
  }
}

function bad(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}
