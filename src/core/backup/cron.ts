import { type CronFields, parseFields } from './cron-fields.ts';
import { openZone, type Zone } from './zone.ts';

/** A cron line in a zone, checked. */
export interface Cron extends CronFields {
  readonly text: string;
  readonly zone: Zone;
}

const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;
/** Dates end at 8.64e15. */
const farthest = 8e15;
/** No zone's clock has been turned by more than a day. */
const longestChange = 26 * 3_600_000;

// A memo and no state, as that of the zones.
const parsed = new Map<string, Cron>();
const mostParsed = 1000;

/** The cron line (5 fields, or 6 with seconds first, or a nickname such as `@daily`) read in a zone of the IANA database; throws `usage`. */
export function parseCron(text: string, zone: string): Cron {
  const name = `${zone} ${text}`;
  const known = parsed.get(name);
  if (known) return known;
  const cron = { ...parseFields(text), text: text.trim(), zone: openZone(zone) };
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(name, cron);
  return cron;
}

/**
 * The first due time (ms) after that moment, never the moment itself.
 *
 * Where the clock is changed, Debian's cron is followed. A line for certain hours comes once for each local time it
 * names: one that is skipped comes at the moment of the change (several skipped ones together, once), one that is
 * doubled comes at the first of the two. A line for every hour counts what passes: it comes whenever the clock shows a
 * time it names, so that it is neither late after a gap nor silent for a doubled hour.
 */
export function next(cron: Cron, after: number): number {
  if (!(Math.abs(after) < farthest)) throw new RangeError(`${after} is not a time`);
  return cron.hour.length === 24 ? nextShown(cron, after) : nextNamed(cron, after);
}

/** The last due time (ms) before that moment. */
export function previous(cron: Cron, before: number): number {
  // Most lines come once a day, or once an hour.
  let span = cron.hour.length === 24 ? hour : day;
  let found = next(cron, before - span);
  while (found >= before) {
    span *= 2;
    found = next(cron, before - span);
  }
  // Between what is found and `before` lie the rest: halve until none does.
  let until = before;
  for (;;) {
    const following = next(cron, found);
    if (following >= before) return found;
    found = following;
    const middle = Math.floor((found + until) / 2);
    const later = next(cron, middle);
    if (later < before) found = later;
    else until = middle;
  }
}

/** Milliseconds between the last two due times that are not after `now`. */
export function periodOf(cron: Cron, now: number): number {
  const known = periods.get(cron);
  if (known && now >= known.from && now < known.until) return known.period;
  const from = previous(cron, now + 1);
  const period = from - previous(cron, from);
  periods.set(cron, { from, until: next(cron, from), period });
  return period;
}

// A memo and no state: a period is asked for over and over until the next due time, and takes some fifty steps to find.
const periods = new WeakMap<Cron, { readonly from: number; readonly until: number; readonly period: number }>();

/** Each local time once: at the first moment when the clock shows it or, where it is skipped, shows a later one. */
function nextNamed(cron: Cron, after: number): number {
  const { zone } = cron;
  const local = nextLocal(cron, latestShown(zone, after));
  const guess = local - zone.offsetAt(local);
  const changed = zone.changeBetween(guess - longestChange, guess + longestChange);
  if (changed === undefined) return guess;
  return firstShown(zone, local, guess - longestChange);
}

/** The latest local time that the clock has shown up to that moment. */
function latestShown(zone: Zone, time: number): number {
  let latest = time + zone.offsetAt(time);
  let change = zone.changeBetween(time - longestChange, time);
  while (change !== undefined) {
    latest = Math.max(latest, change - 1 + zone.offsetAt(change - 1));
    change = zone.changeBetween(change, time);
  }
  return latest;
}

/** The first moment from `from` on when the clock shows that local time or a later one. */
function firstShown(zone: Zone, local: number, from: number): number {
  let start = from;
  for (;;) {
    const offset = zone.offsetAt(start);
    if (start + offset >= local) return start;
    const reached = local - offset;
    const change = zone.changeBetween(start, reached);
    if (change === undefined) return reached;
    start = change;
  }
}

/** Whenever the clock shows a time that is named. */
function nextShown(cron: Cron, after: number): number {
  const { zone } = cron;
  let since = after;
  let offset = zone.offsetAt(after);
  let shown = after + offset;
  for (;;) {
    const reached = nextLocal(cron, shown) - offset;
    const change = zone.changeBetween(since, reached);
    if (change === undefined) return reached;
    since = change;
    offset = zone.offsetAt(change);
    // The moment of the change itself may be due.
    shown = change + offset - 1;
  }
}

/** The first local time after that one which the fields name. */
function nextLocal(cron: Cron, after: number): number {
  const start = Math.floor(after / second) * second + second;
  const today = Math.floor(start / day) * day;
  if (namesDay(cron, new Date(today))) {
    const time = nextTime(cron, start - today);
    if (time !== undefined) return today + time;
  }
  return nextDay(cron, today) + firstTime(cron);
}

function firstTime({ hour, minute, second: seconds }: CronFields): number {
  return timeOf(hour[0]!, minute[0]!, seconds[0]!);
}

function timeOf(hour: number, minute: number, seconds: number): number {
  return ((hour * 60 + minute) * 60 + seconds) * second;
}

/** The first time of a day, in ms since its start, that is named and not before that one. */
function nextTime(cron: CronFields, from: number): number | undefined {
  const total = from / second;
  const [hour, minute, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  for (const h of cron.hour) {
    if (h < hour) continue;
    if (h > hour) return timeOf(h, cron.minute[0]!, cron.second[0]!);
    for (const m of cron.minute) {
      if (m < minute) continue;
      if (m > minute) return timeOf(h, m, cron.second[0]!);
      const s = cron.second.find(one => one >= seconds);
      if (s !== undefined) return timeOf(h, m, s);
    }
  }
  return undefined;
}

/** The start of the first day after that one which the fields name. */
function nextDay(cron: CronFields, today: number): number {
  const date = new Date(today);
  date.setUTCDate(date.getUTCDate() + 1);
  while (!namesDay(cron, date)) {
    if (cron.month.includes(date.getUTCMonth() + 1)) date.setUTCDate(date.getUTCDate() + 1);
    else date.setUTCMonth(date.getUTCMonth() + 1, 1);
  }
  return date.getTime();
}

function namesDay({ day: days, month, weekday, either }: CronFields, date: Date): boolean {
  if (!month.includes(date.getUTCMonth() + 1)) return false;
  const [inMonth, inWeek] = [days.includes(date.getUTCDate()), weekday.includes(date.getUTCDay())];
  return either ? inMonth || inWeek : inMonth && inWeek;
}
