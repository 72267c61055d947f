import { Failure } from '../failure.ts';

/** What a cron line says, each list sorted and without repetition. */
export interface CronFields {
  readonly second: readonly number[];
  readonly minute: readonly number[];
  readonly hour: readonly number[];
  readonly day: readonly number[];
  /** 1 to 12. */
  readonly month: readonly number[];
  /** 0 is Sunday. */
  readonly weekday: readonly number[];
  /** Day of the month and of the week are both given: either will do. */
  readonly either: boolean;
}

type Name = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday';

interface Range {
  readonly called: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const ranges: { readonly [N in Name]: Range } = {
  second: { called: 'second', from: 0, to: 59 },
  minute: { called: 'minute', from: 0, to: 59 },
  hour: { called: 'hour', from: 0, to: 23 },
  day: { called: 'day of the month', from: 1, to: 31 },
  month: { called: 'month', from: 1, to: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  weekday: { called: 'day of the week', from: 0, to: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
};

const nicknames = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

const longest = 200;
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The fields of a cron line or nickname; throws `usage` that names the field and what is wrong with it. */
export function parseFields(text: string): CronFields {
  if (text.length > longest) throw bad(`cron line is longer than ${longest} characters`);
  const line = nicknames.get(text.trim().toLowerCase()) ?? text.trim();
  if (line.startsWith('@')) throw bad(`'${line}' is not a cron line`, `Known are ${[...nicknames.keys()].join(', ')}`);
  const words = line.split(/\s+/).filter(word => word !== '');
  if (words.length !== 5 && words.length !== 6) {
    throw bad(`'${line}' has ${words.length} fields, not 5, or 6 with seconds first`);
  }
  const [weekday = '', month = '', day = '', hour = '', minute = '', second = '0'] = words.reverse();
  const fields = {
    second: parseList('second', second),
    minute: parseList('minute', minute),
    hour: parseList('hour', hour),
    day: parseList('day', day),
    month: parseList('month', month),
    weekday: unique(parseList('weekday', weekday).map(number => number % 7)),
    // As cron has it: a field that begins with * is not given, also where a step follows.
    either: !day.startsWith('*') && !weekday.startsWith('*'),
  };
  const comes = fields.either || fields.month.some(number => monthLengths[number - 1]! >= fields.day[0]!);
  if (!comes) throw bad(`'${line}' never comes: no such month has a day ${fields.day[0]}`);
  return fields;
}

function parseList(name: Name, text: string): number[] {
  try {
    return unique(text.split(',').flatMap(part => parsePart(ranges[name], part)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('usage', `${ranges[name].called} '${text}': ${error.message}`, { hint: error.hint });
  }
}

function parsePart(range: Range, part: string): number[] {
  const [span = '', step, ...more] = part.split('/');
  if (more.length > 0) throw bad(`'${part}' has two steps`);
  const [from, to] = parseSpan(range, span, step !== undefined);
  const by = step === undefined ? 1 : parseStep(range, step);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function parseSpan(range: Range, span: string, stepped: boolean): [number, number] {
  const last = range.names?.length === 7 ? 6 : range.to;
  if (span === '*') return [range.from, last];
  const [first = '', end, ...more] = span.split('-');
  if (more.length > 0) throw bad(`'${span}' is not a range`);
  const from = parseNumber(range, first);
  if (end === undefined) return [from, stepped ? last : from];
  const to = parseNumber(range, end);
  // Friday to Sunday: the week's last day is written as its first.
  if (range.to === 7 && to === 0 && from > 0) return [from, 7];
  if (to < from) throw bad(`'${span}' ends before it begins`);
  return [from, to];
}

function parseNumber(range: Range, text: string): number {
  const named = range.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + range.from;
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text) || number < range.from || number > range.to) {
    const names = range.names ? `, or ${range.names[0]} to ${range.names.at(-1)}` : '';
    throw bad(`'${text}' is not ${range.from} to ${range.to}${names}`);
  }
  return number;
}

function parseStep(range: Range, text: string): number {
  const size = (range.names?.length === 7 ? 6 : range.to) - range.from + 1;
  const step = Number(text);
  if (!/^\d{1,4}$/.test(text) || step < 1 || step > size) throw bad(`a step of '${text}' is not 1 to ${size}`);
  return step;
}

function unique(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function bad(
  message: string,
  hint = "Such as '0 3 * * *' (each day at 3:00), '*/15 * * * *', '0 2 * * sun', @daily",
): Failure {
  return new Failure('usage', message, { hint });
}
