import type { Screen } from '../../core/world.ts';
import type { Cell } from './cell.ts';
import { csvLine } from './csv.ts';
import type { Format } from './format.ts';
import { writeLines } from './lines.ts';
import { runQuery } from './query.ts';
import { writeTable } from './table.ts';
import { tabulate } from './tabulate.ts';
import { fillTemplate } from './template.ts';
import { writeValue } from './value.ts';

/** What output depends on beside the data: `now` in milliseconds for ages, and the terminal's colours. */
export interface Look {
  readonly now: number;
  readonly paint?: (column: string, text: string) => string;
}

/** Writes data for which no columns are declared, in any format but `name` and `id`; the query is applied first. */
export async function writeData(out: Screen, format: Format, data: unknown, look: Look): Promise<void> {
  const value = format.query === undefined ? data : await runQuery(format.query, data);
  if (format.kind === 'template') return writeTemplates(out, format, Array.isArray(value) ? value : [value]);
  if (format.machine) return writeValue(out, format.kind, value);
  const { columns, rows } = tabulate(value);
  writeGrid(out, format, columns, rows, look);
}

/** Writes rows of cells as CSV or as a table, whichever the format says. */
export function writeGrid(
  out: Screen,
  format: Format,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): void {
  if (format.kind === 'csv') {
    writeLines(out, csvLines(format.header ? [columns, ...rows] : rows));
    return;
  }
  // Who named the columns or asked for all of them wants to read them whole.
  const cut = format.kind === 'table' && !format.columns;
  writeTable(out, columns, rows, { header: format.header, cut, ...look });
}

/** Writes the format's template once for each item, each on a line of its own. */
export function writeTemplates(out: Screen, format: Format, items: readonly unknown[]): void {
  const template = format.template ?? [];
  writeLines(
    out,
    items.map(item => fillTemplate(template, item).replace(/\n$/, '')),
  );
}

function* csvLines(rows: readonly (readonly Cell[])[]): Generator<string> {
  for (const row of rows) yield csvLine(row);
}
