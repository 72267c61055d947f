import type { Zone } from './zone.ts';

/** The rules that take the newest image of each stretch of the calendar. */
export const bucketed = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

export type Bucketed = (typeof bucketed)[number];

const day = 86_400_000;

/** The stretch of the zone's calendar that the moment lies in: `2026-11-24T03+01:00`, `2026-11-24`, `2026-W48`, `2026-11`, `2026`. */
export function bucketOf(rule: Bucketed, time: number, zone: Zone): string {
  const offset = zone.offsetAt(time);
  const text = new Date(time + offset).toISOString();
  if (rule === 'hourly') return `${text.slice(0, -11)}${writeOffset(offset)}`;
  if (rule === 'weekly') return weekOf(time + offset);
  return text.slice(0, -{ daily: 14, monthly: 17, yearly: 20 }[rule]);
}

/** The ISO week of a local time: the year of its Thursday, and which Thursday of that year it is. */
function weekOf(local: number): string {
  const weekday = (new Date(local).getUTCDay() + 6) % 7;
  const thursday = new Date(local + (3 - weekday) * day);
  const week = Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0)) / day / 7) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

/** With its offset an hour that the clock shows twice is two hours. */
function writeOffset(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
