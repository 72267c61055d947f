import { Failure, toFailure } from '../failure.ts';
import { type Field, keyOf, parseValue } from '../field.ts';
import { parseDuration } from '../parse.ts';
import { routeFields } from '../resources/route.ts';
import type { Condition } from './condition.ts';
import { type Heard, rehearse } from './rehearse.ts';
import { type Rule, readRule, usualSpec } from './rule.ts';
import { specOf } from './spec-of.ts';

/** A message that a rehearsal has to have: what is given of it. */
interface Expected {
  readonly at: number;
  readonly channels?: readonly string[];
  readonly title?: string;
}

/** What a file says: routes, what happens, and what is to be heard of it; times in milliseconds from the begin. */
export interface Rehearsal {
  readonly rules: readonly Rule[];
  readonly conditions: readonly Condition[];
  readonly until: number;
  /** Undefined where the file expects nothing in particular. */
  readonly expect: readonly Expected[] | undefined;
}

/** Each second of it may be a step. */
const longest = 31 * 86_400_000;

type Table = Readonly<Record<string, unknown>>;

/** The rehearsal of a document (of TOML, JSON or YAML); throws `usage` that names the entry that is wrong. */
export function readRehearsal(document: Table): Rehearsal {
  const { until = '24h', routes, conditions, expect, ...rest } = document;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new Failure('usage', `unknown key: ${unknown}`, { hint: 'routes, conditions, expect, until' });
  const length = within('until', () => parseDuration(String(until)));
  if (length > longest) throw new Failure('usage', 'until: is longer than 31d');
  return {
    rules: each('routes', routes, readRoute),
    conditions: each('conditions', conditions, readCondition),
    until: length,
    expect: expect === undefined ? undefined : each('expect', expect, readExpected),
  };
}

/** Runs it; what was heard, and a sentence for each thing that was to be heard and was not, or the other way round. */
export function runRehearsal({ rules, conditions, until, expect }: Rehearsal): {
  readonly heard: readonly Heard[];
  readonly faults: readonly string[];
} {
  const heard = rehearse(rules, conditions, until);
  if (!expect) return { heard, faults: [] };
  const left = [...heard];
  const missing = expect.filter(wanted => {
    const found = left.findIndex(one => isAs(one, wanted));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
  const faults = [
    ...missing.map(({ at, title = 'a message' }) => `not heard at ${at / 1000}s: ${title}`),
    ...left.map(({ at, message }) => `not expected at ${at / 1000}s: ${message.title}`),
  ];
  return { heard, faults };
}

function isAs({ at, channels, message }: Heard, wanted: Expected): boolean {
  const isTitled = wanted.title === undefined || message.title === wanted.title;
  return at === wanted.at && isTitled && (wanted.channels?.every(one => channels.includes(one)) ?? true);
}

function readRoute(table: Table, place: number): Rule {
  const fields = Object.entries<Field>(routeFields);
  const input = Object.entries(table).flatMap(([key, value]) => {
    if (key === 'name' || key === 'place') return [];
    const found = fields.find(
      ([name, declared]) => key === name || key === keyOf(name, declared) || key === name.replaceAll('-', '_'),
    );
    if (!found) throw new Failure('usage', `unknown key: ${key}`);
    const typed = (Array.isArray(value) ? value : [value]).map(String);
    return [[found[0], parseValue(found[1], typed)] as const];
  });
  return readRule({
    id: place + 1,
    name: String(table.name ?? place + 1),
    spec: specOf(Object.fromEntries(input), usualSpec),
  });
}

function readCondition(table: Table): Condition {
  const { at = '0s', key, state = 'firing', severity = 'critical', labels = {}, summary = key } = table;
  if (typeof key !== 'string' || key === '') throw new Failure('usage', 'key: a text is needed');
  if (state !== 'firing' && state !== 'resolved') throw new Failure('usage', 'state: firing or resolved');
  const known = (['info', 'warning', 'critical'] as const).find(one => one === severity);
  if (!known) throw new Failure('usage', 'severity: info, warning or critical');
  const pairs = Object.entries(within('labels', () => tableOf(labels))).map(
    ([label, value]) => [label, String(value)] as const,
  );
  const time = parseDuration(String(at));
  return {
    key,
    at: time,
    firing: state === 'firing',
    severity: known,
    labels: Object.fromEntries(pairs),
    summary: String(summary),
  };
}

function readExpected({ at, channels, title }: Table): Expected {
  return {
    at: parseDuration(String(at)),
    ...(channels !== undefined && { channels: [channels].flat().map(String) }),
    ...(title !== undefined && { title: String(title) }),
  };
}

function each<T>(name: string, value: unknown, read: (table: Table, place: number) => T): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Failure('usage', `${name} is a list: [[${name}]]`);
  return value.map((one, place) => within(`${name} ${place + 1}`, () => read(tableOf(one), place)));
}

function tableOf(value: unknown): Table {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Table;
  throw new Failure('usage', 'it is not a table');
}

function within<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code, message, hint } = toFailure(error);
    throw new Failure(code, `${where}: ${message}`, { hint });
  }
}
