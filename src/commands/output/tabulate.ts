import type { Cell } from './cell.ts';

/** Any data as a table: the keys of its objects are the columns, what is no object stands under `value`. */
export function tabulate(data: unknown): { columns: string[]; rows: Cell[][] } {
  const items: readonly unknown[] = Array.isArray(data) ? data : [data];
  const columns = [...new Set(items.flatMap(item => (isRecord(item) ? Object.keys(item) : ['value'])))];
  const rows = items.map(item => {
    const record: Record<string, unknown> = isRecord(item) ? item : { value: item };
    return columns.map(column => toCell(Object.hasOwn(record, column) ? record[column] : undefined));
  });
  return { columns, rows };
}

function toCell(value: unknown): Cell {
  if (typeof value !== 'object' || value === null) return value as Cell;
  if (Array.isArray(value) && value.every(one => typeof one !== 'object')) return value.map(String);
  if (isRecord(value) && Object.values(value).every(one => typeof one === 'string')) return value as Cell;
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
