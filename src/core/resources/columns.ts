import type { Item } from '../resource.ts';

/** Columns that every resource of the kind has, told once. */
export const common = {
  id: (item: Item) => item.id,
  name: (item: Item) => item.name as string,
  labels: (item: Item) => item.labels as Record<string, string>,
  created: (item: Item) => item.created as string,
  age: (item: Item) => new Date(item.created),
};

/** The levels of protection that are on: `delete, rebuild`. */
export function protectionOf(item: Item): string[] {
  const levels = Object.entries((item.protection ?? {}) as Record<string, boolean>);
  return levels.filter(([, on]) => on).map(([level]) => level);
}

/** Bytes as a person reads them: `1.5 TiB`. */
export function formatBytes(bytes: number | null | undefined): string | undefined {
  if (bytes === null || bytes === undefined) return undefined;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}
