import type { Screen } from '../../core/world.ts';
import type { Cell } from './cell.ts';
import { type Look, writeData, writeGrid } from './data.ts';
import { escapeControls } from './escape.ts';
import type { Format } from './format.ts';
import { writeLines } from './lines.ts';

/** A list and how its items are shown. */
export interface Rows<T> extends Look {
  readonly items: readonly T[];
  readonly columns: Readonly<Record<string, (item: T) => Cell>>;
  /** Names of the columns shown when none are asked for. */
  readonly defaults: readonly string[];
  /** Names of the columns of `-o wide`. */
  readonly wide: readonly string[];
  /** A snapshot has no name: its id stands for it. */
  readonly nameOf: (item: T) => string | null | undefined;
  readonly idOf: (item: T) => number | string;
}

/** Writes a list in the format; JSON, NDJSON and YAML are the items untouched. */
export async function writeRows<T>(out: Screen, format: Format, rows: Rows<T>): Promise<void> {
  if (format.kind === 'id' || format.kind === 'name') return writeLines(out, labels(format.kind, rows));
  if (format.query !== undefined || format.machine || format.kind === 'template') {
    return writeData(out, format, rows.items, rows);
  }
  const names = format.columns ?? (format.kind === 'wide' ? rows.wide : rows.defaults);
  const readers = names.map(name => rows.columns[name] ?? (() => undefined));
  const cells = rows.items.map(item => readers.map(read => read(item)));
  writeGrid(out, format, names, cells, { now: rows.now, paint: rows.paint });
}

function* labels<T>(kind: 'id' | 'name', rows: Rows<T>): Generator<string> {
  for (const item of rows.items) {
    yield escapeControls(String((kind === 'name' && rows.nameOf(item)) || rows.idOf(item)));
  }
}
