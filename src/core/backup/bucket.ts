import type { Zone } from './zone.ts';

/** The rules that take the newest image of each stretch of the calendar. */
export const bucketed = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

export type Bucketed = (typeof bucketed)[number];

const hour = 3_600_000;
const day = 24 * hour;

/** A number for the stretch of the zone's calendar that the moment lies in, the same for all moments in it. */
export function bucketOf(rule: Bucketed, time: number, zone: Zone): number {
  const offset = zone.offsetAt(time);
  const local = time + offset;
  // Less its offset: an hour that the clock shows twice is two hours.
  if (rule === 'hourly') return Math.floor(local / hour) * hour - offset;
  if (rule === 'daily') return Math.floor(local / day);
  if (rule === 'weekly') return weekOf(local);
  const date = new Date(local);
  return rule === 'yearly' ? date.getUTCFullYear() : date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The same stretch as a person reads it: `2026-11-24T03+01:00`, `2026-11-24`, `2026-W48`, `2026-11`, `2026`. */
export function writeBucket(rule: Bucketed, time: number, zone: Zone): string {
  const offset = zone.offsetAt(time);
  const local = time + offset;
  const text = new Date(local).toISOString();
  if (rule === 'hourly') return `${text.slice(0, -11)}${writeOffset(offset)}`;
  if (rule === 'weekly') return writeWeek(weekOf(local));
  return text.slice(0, -{ daily: 14, monthly: 17, yearly: 20 }[rule]);
}

/** Weeks from Monday to Sunday, counted from that of 1970-01-01, a Thursday. */
function weekOf(local: number): number {
  return Math.floor((Math.floor(local / day) + 3) / 7);
}

/** By ISO a week belongs to the year of its Thursday, and is that Thursday's number in the year. */
function writeWeek(week: number): string {
  const thursday = week * 7 * day;
  const year = new Date(thursday).getUTCFullYear();
  const number = Math.floor((thursday - Date.UTC(year, 0)) / day / 7) + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
}

function writeOffset(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
