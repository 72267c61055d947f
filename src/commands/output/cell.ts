import { formatAge, formatTime } from './age.ts';

/** What a column gives for an item; a Date is shown as an age on a terminal, a record as `k=v, k2=v2`. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | readonly (string | number)[]
  | Readonly<Record<string, string>>;

/** The cell for a reader's eye, not yet escaped; `now` in milliseconds makes dates ages, without it they are RFC 3339. */
export function showCell(cell: Cell, now?: number): string {
  if (typeof cell === 'string') return cell.trim() === '' ? '-' : cell;
  if (typeof cell === 'number') return String(cell);
  if (cell === null || cell === undefined) return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (cell instanceof Date) return showTime(cell, now);
  return (Array.isArray(cell) ? cell.join(', ') : pairs(cell).join(', ')) || '-';
}

/** The cell for a program: nothing as the empty string, times as RFC 3339, `true` and `false`, lists joined by commas. */
export function rawCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'object') return String(cell);
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : formatTime(cell);
  return Array.isArray(cell) ? cell.join(',') : pairs(cell).join(',');
}

function showTime(time: Date, now: number | undefined): string {
  if (now === undefined || Number.isNaN(time.getTime())) return formatTime(time);
  return formatAge(now - time.getTime());
}

function pairs(map: object): string[] {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
}
