import type { Span } from '../checks/maintenance.ts';
import type { Interval } from '../checks/uptime.ts';
import { type Day, daysOf } from './days.ts';

/** What a check is said to be to those outside. */
export type PublicState = 'up' | 'down' | 'maintenance' | 'unknown' | 'paused';

/** Everything that a status page tells, and nothing else of the checks: no addresses, and no reasons unless asked for. Times are RFC 3339 in UTC. */
export interface StatusPage {
  readonly title: string;
  /** When it was made. */
  readonly made: string;
  /** `down` when all are, `partial` when some are; otherwise the worst of them. */
  readonly state: 'up' | 'partial' | 'down' | 'maintenance' | 'unknown';
  readonly groups: readonly Group[];
  /** Outages that go on, and those that ended lately; the newest first. */
  readonly incidents: readonly Incident[];
  /** Maintenance that is under way or announced, the next first. */
  readonly maintenances: readonly Announcement[];
}

export interface Group {
  /** Null for those that are in none. */
  readonly name: string | null;
  readonly checks: readonly PublicCheck[];
}

export interface PublicCheck {
  readonly name: string;
  readonly state: PublicState;
  readonly since: string | null;
  /** Percent up of the time that it was up or down, maintenance left out; null where it was neither. */
  readonly uptime: number | null;
  /** Days of UTC, today last. */
  readonly days: readonly Day[];
}

export interface Incident {
  readonly check: string;
  readonly from: string;
  /** Null while it goes on. */
  readonly to: string | null;
  readonly reason?: string;
}

export interface Announcement {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly active: boolean;
  readonly checks: readonly string[];
}

/** A check, and what is known of it; times in ms. */
export interface Watched {
  readonly name: string;
  readonly group: string | null;
  readonly state: string;
  readonly since: number;
  readonly paused: boolean;
  /** Its states, the oldest first, with why. */
  readonly intervals: readonly (Interval & { readonly reason: string })[];
  /** When it was worked on. */
  readonly windows: readonly Span[];
}

/** A maintenance, by the window that is open or comes next, and the chosen checks it is about. */
export interface Planned {
  readonly name: string;
  readonly window: Span;
  readonly checks: readonly string[];
}

/** What a page tells of one check. */
export interface Shown {
  readonly group: string | null;
  readonly check: PublicCheck;
  readonly incidents: readonly Incident[];
}

const day = 86_400_000;
/** How long after its end an incident is shown, and how long before its begin a maintenance is. */
const [lately, ahead] = [14 * day, 14 * day];
const most = 50;

/** The page that has these checks, as it is at `now` (ms). */
export function makePage(title: string, shown: readonly Shown[], planned: readonly Planned[], now: number): StatusPage {
  const names = [...new Set(shown.map(({ group }) => group))].sort((a, b) => compare(a ?? '', b ?? ''));
  const groups = names.map(name => {
    const own = shown.filter(({ group }) => group === name);
    return { name, checks: own.map(({ check }) => check).sort(byName) };
  });
  const incidents = shown
    .flatMap(one => one.incidents)
    .sort(
      (a, b) => Number(b.to === null) - Number(a.to === null) || compare(b.from, a.from) || compare(a.check, b.check),
    )
    .slice(0, most);
  const maintenances = planned
    .filter(({ window, checks: about }) => about.length > 0 && window.from < now + ahead)
    .sort((a, b) => a.window.from - b.window.from || compare(a.name, b.name))
    .map(({ name, window, checks: about }) => ({
      ...{ name, from: timeOf(window.from), to: timeOf(window.to), active: window.from <= now },
      checks: [...about].sort(compare),
    }));
  const states = groups.flatMap(group => group.checks.map(({ state }) => state));
  return { title, made: timeOf(now), state: overall(states), groups, incidents, maintenances };
}

/** What a page tells of a check at `now` (ms); `reasons` are the words of the check, which may hold addresses. */
export function showCheck(watched: Watched, reasons: boolean, now: number): Shown {
  const { name, group, state, since, paused, intervals, windows } = watched;
  const isQuiet = windows.some(({ from, to }) => from <= now && now < to);
  const shown = paused ? 'paused' : isQuiet ? 'maintenance' : state === 'up' || state === 'down' ? state : 'unknown';
  const { days, share } = daysOf(intervals, windows, now);
  const check: PublicCheck = {
    ...{ name, state: shown, since: paused || state === 'new' ? null : timeOf(since) },
    ...{ uptime: share === null ? null : roundDown(share * 100), days },
  };
  return { group, check, incidents: incidentsOf(watched, reasons, now) };
}

function incidentsOf({ name, paused, intervals, windows }: Watched, reasons: boolean, now: number): Incident[] {
  return intervals
    .filter(({ state, to }) => state === 'down' && (to === null ? !paused : to > now - lately))
    .filter(({ from, to }) => !windows.some(window => window.from <= from && (to ?? now) <= window.to))
    .map(({ from, to, reason }) => ({
      ...{ check: name, from: timeOf(from), to: to === null ? null : timeOf(to) },
      ...(reasons && reason !== '' && { reason }),
    }));
}

function overall(states: readonly PublicState[]): StatusPage['state'] {
  const counted = states.filter(state => state !== 'paused');
  if (counted.includes('down')) return counted.every(state => state === 'down') ? 'down' : 'partial';
  if (counted.includes('maintenance')) return 'maintenance';
  return counted.length === 0 || counted.includes('unknown') ? 'unknown' : 'up';
}

/** Nothing that was ever down is said to have been up for 100 percent. */
function roundDown(percent: number): number {
  return Math.floor(percent * 1000) / 1000;
}

const order = new Intl.Collator('en', { numeric: true });

function compare(a: string, b: string): number {
  return order.compare(a, b);
}

function byName(a: PublicCheck, b: PublicCheck): number {
  return compare(a.name, b.name);
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
