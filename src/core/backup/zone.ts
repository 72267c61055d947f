import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';

/** How a zone's wall clock runs. A local time is the milliseconds its date and time would have in UTC. */
export interface Zone {
  readonly name: string;
  /** Milliseconds to add to UTC at that moment. */
  offsetAt(time: number): number;
  /** The first moment after `after` and not after `until` at which the offset is another. */
  changeBetween(after: number, until: number): number | undefined;
}

const longestName = 100;

/** The zone's name as the IANA database writes it; throws `usage` with the nearest name when there is none. */
export function checkZone(text: string): string {
  const name = text.trim().slice(0, longestName);
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const same = known.find(one => one.toLowerCase() === name.toLowerCase());
  if (same) return same;
  // Other names of a zone, such as Asia/Kolkata beside Asia/Calcutta, are taken but not listed.
  if (/^[A-Za-z]/.test(name) && isTaken(name)) return name;
  const city = known.find(one => one.split('/').at(-1)?.toLowerCase() === name.toLowerCase().replaceAll(' ', '_'));
  const near = city ?? nearest(name, known);
  const hint = near ? `Did you mean ${near}?` : 'A name of the IANA database, such as Europe/Berlin or UTC';
  throw new Failure('usage', `'${name}' is not a time zone`, { hint });
}

function isTaken(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A day of UTC: the offset at its start, and the change within it (or at its end) if there is one; no zone changes its clock twice within a day. */
interface Day {
  readonly offset: number;
  readonly change?: { readonly at: number; readonly offset: number };
}

const dayLength = 86_400_000;
/** Some eleven years. */
const mostDays = 4000;

/** Without the tables of zones, which are megabytes that most daemons have no other use for. */
const utc: Zone = { name: 'UTC', offsetAt: () => 0, changeBetween: () => undefined };

// A memo and no state: what is in it is the same for all, and making it anew costs hundreds of microseconds.
const opened = new Map<string, Zone>([['UTC', utc]]);

/** The zone of that name, whose offsets are looked up once for each day; throws `usage` like `checkZone`. */
export function openZone(text: string): Zone {
  const known = opened.get(text);
  if (known) return known;
  const name = checkZone(text);
  const zone = opened.get(name) ?? createZone(name);
  opened.set(name, zone);
  return zone;
}

function createZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, hour: 'numeric', timeZoneName: 'longOffset' });
  const days = new Map<number, Day>();

  const dayOf = (number: number): Day => {
    const known = days.get(number);
    if (known) return known;
    const [start, end] = [number * dayLength, (number + 1) * dayLength];
    const before = days.get(number - 1);
    const offset = before ? (before.change ?? before).offset : readOffset(format, start);
    const after = readOffset(format, end);
    const day =
      offset === after ? { offset } : { offset, change: { at: findChange(format, start, end), offset: after } };
    if (days.size >= mostDays) days.clear();
    days.set(number, day);
    return day;
  };

  return {
    name,
    offsetAt: time => {
      const { offset, change } = dayOf(Math.floor(time / dayLength));
      return change && time >= change.at ? change.offset : offset;
    },
    changeBetween: (after, until) => {
      const last = Math.floor(until / dayLength);
      for (let number = Math.floor(after / dayLength); number <= last; number += 1) {
        const at = dayOf(number).change?.at;
        if (at !== undefined && at > after && at <= until) return at;
      }
      return undefined;
    },
  };
}

/** The moment in (start, end] from which the offset is that of the end. */
function findChange(format: Intl.DateTimeFormat, start: number, end: number): number {
  const offset = readOffset(format, end);
  let [before, from] = [start, end];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (readOffset(format, middle) === offset) from = middle;
    else before = middle;
  }
  return from;
}

/** Milliseconds in what ICU writes at the end: `GMT`, `GMT+01:00`, `GMT-00:44:30`. */
function readOffset(format: Intl.DateTimeFormat, time: number): number {
  const text = format.format(time);
  const match = /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(text);
  if (!match) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}
