import fs from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Store } from './store.ts';

/** Makes the copy of now in a folder and removes those that are surplus by it; the path of the new one. Nothing is removed when it cannot be made. */
export async function copyDaily(
  store: Pick<Store, 'copy'>,
  folder: string,
  now: number,
  days: number,
): Promise<string> {
  requireDays(days);
  const file = join(folder, copyName(now));
  await store.copy(file);
  pruneCopies(folder, days);
  return file;
}

const pattern = /^cloudctl-(\d{4}-\d\d-\d\dT\d{6}Z)\.sqlite(\.\d+\.draft(-wal|-shm|-journal)?)?$/;

/** The name of a copy made at this time: `cloudctl-2026-11-25T134455Z.sqlite`. */
export function copyName(now: number): string {
  return `cloudctl-${stampOf(now)}.sqlite`;
}

/** A time in a name: `2026-11-25T134455Z`. */
export function stampOf(now: number): string {
  return new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
}

/** Of the names in a folder, those of copies that go: all but the newest one of each of the `days` newest days (UTC), and what killed processes left of copies older than the newest whole one. Throws `usage` for fewer than one day. */
export function surplusCopies(names: readonly string[], days: number): string[] {
  requireDays(days);
  const found = names.flatMap(name => {
    const [, stamp, draft] = pattern.exec(name) ?? [];
    return stamp === undefined ? [] : [{ name, stamp, day: stamp.slice(0, 10), isDraft: draft !== undefined }];
  });
  const whole = found.filter(copy => !copy.isDraft).sort((a, b) => (a.stamp < b.stamp ? 1 : -1));
  const newestOfDay = whole.filter((copy, place) => copy.day !== whole[place - 1]?.day);
  const kept = new Set(newestOfDay.slice(0, days).map(copy => copy.name));
  const isSurplus = (copy: (typeof found)[number]) =>
    copy.isDraft ? copy.stamp < (whole[0]?.stamp ?? '') : !kept.has(copy.name);
  return found.filter(isSurplus).map(copy => copy.name);
}

/** Removes the surplus copies of a folder, and says which; files of other names are left alone. */
export function pruneCopies(folder: string, days: number): string[] {
  const surplus = surplusCopies(fs.readdirSync(folder), days);
  for (const name of surplus) fs.rmSync(join(folder, name), { force: true });
  return surplus;
}

function requireDays(days: number): void {
  if (Number.isSafeInteger(days) && days >= 1) return;
  throw new Failure('usage', `${days} is not a number of daily copies`, { hint: 'At least 1' });
}
