import { checkSelector } from '../parse.ts';
import { bucketed } from './bucket.ts';
import { type Cron, next, parseCron } from './cron.ts';
import { emptyKeep, isEmpty } from './retention.ts';
import { bad, cost, duration, flag, hook, named, optional, refuseUnknown, text, whole, words } from './spec-values.ts';
import type { Keep, ScheduleSpec } from './types.ts';
import { writeDuration } from './words.ts';
import { checkZone } from './zone.ts';

/** What a person or a body gives: each key of `ScheduleSpec`, durations in ms or as text such as `4h`. */
export type SpecInput = Readonly<Record<string, unknown>>;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const known: readonly (keyof ScheduleSpec)[] = [
  ...(['servers', 'selector', 'exclude', 'cron', 'zone', 'keep', 'minKeep', 'shutdown', 'before', 'after'] as const),
  ...(['window', 'jitter', 'grace', 'maxMonthlyCost', 'verifyCron'] as const),
];

/** The schedule that was asked for, with defaults; `now` (ms) is when its due times are looked at. Throws `usage` that names the key and what is wrong. */
export function checkSpec(input: SpecInput, now: number): ScheduleSpec {
  refuseUnknown(input, known);
  const servers = words('servers', input.servers);
  const selector = optional(input.selector, value =>
    named('selector', () => checkSelector(text('selector', value, 1000))),
  );
  const exclude = words('exclude', input.exclude);
  if (servers.length === 0 && selector === undefined) {
    throw bad('no servers and no selector', 'Name servers, or give a label selector');
  }
  if (exclude.length > 0 && selector === undefined) throw bad('exclude: there is no selector to exclude from');
  const zone = zoneOf(text('zone', input.zone ?? 'UTC', 100));
  const cron = line('cron', input.cron, zone);
  const verify = optional(input.verifyCron, value => line('verifyCron', value, zone));
  const jitter = duration('jitter', input.jitter ?? 0, 0, day);
  checkJitter(jitter, cron, now);
  return {
    servers,
    ...present('selector', selector),
    exclude,
    cron: cron.text,
    zone: cron.zone.name,
    keep: checkKeep(input.keep),
    minKeep: whole('minKeep', input.minKeep ?? 1, 1, 1000),
    shutdown: flag('shutdown', input.shutdown ?? false),
    ...present(
      'before',
      optional(input.before, value => hook('before', value)),
    ),
    ...present(
      'after',
      optional(input.after, value => hook('after', value)),
    ),
    window: duration('window', input.window ?? 4 * hour, minute, 31 * day),
    jitter,
    grace: duration('grace', input.grace ?? day, 0, 90 * day),
    ...present(
      'maxMonthlyCost',
      optional(input.maxMonthlyCost, value => cost('maxMonthlyCost', value)),
    ),
    ...present('verifyCron', verify?.text),
  };
}

function zoneOf(given: string): string {
  return named('zone', () => checkZone(given));
}

function line(key: string, value: unknown, zone: string): Cron {
  const given = text(key, value, 200);
  return named(key, () => parseCron(given, zone));
}

/** A run must not begin after the next is due; the gaps of the next due times stand for all. */
function checkJitter(jitter: number, cron: Cron, now: number): void {
  if (jitter === 0) return;
  let due = next(cron, now);
  let least = Number.POSITIVE_INFINITY;
  for (let looked = 0; looked < 50; looked += 1) {
    const following = next(cron, due);
    least = Math.min(least, following - due);
    due = following;
  }
  if (jitter < least) return;
  throw bad(`jitter: ${writeDuration(jitter)} is not less than the time between two runs, ${writeDuration(least)}`);
}

const mostKept = 10_000;
const longestWithin = 36_500 * day;

function checkKeep(value: unknown): Keep {
  if (value === undefined || value === null) throw emptyKeep();
  if (typeof value !== 'object' || Array.isArray(value)) throw bad('keep: is not an object of rules');
  const given = value as Readonly<Record<string, unknown>>;
  refuseUnknown(given, ['last', ...bucketed, 'within'], 'keep.');
  const counts = (['last', ...bucketed] as const).flatMap(rule => {
    const count = optional(given[rule], one => whole(`keep.${rule}`, one, 0, mostKept));
    return count ? [[rule, count] as const] : [];
  });
  const within = optional(given.within, one => duration('keep.within', one, 0, longestWithin));
  const keep: Keep = { ...Object.fromEntries(counts), ...(within ? { within } : {}) };
  if (isEmpty(keep)) throw emptyKeep();
  return keep;
}

/** The key with its value, or nothing at all: what is not given is not stored. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
