import { type Cell, rawCell } from './cell.ts';
import { escapeKeepingLines } from './escape.ts';

/** One record as RFC 4180 asks, but for the line end, which is left to the caller: Unix tools trip over CRLF. */
export function csvLine(cells: readonly Cell[]): string {
  // A record of one empty cell would be an empty line, which readers skip.
  return cells.length === 1 && rawCell(cells[0]) === '' ? '""' : cells.map(quote).join(',');
}

function quote(cell: Cell): string {
  const text = escapeKeepingLines(rawCell(cell));
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
