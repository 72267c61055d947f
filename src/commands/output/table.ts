import type { Screen } from '../../core/world.ts';
import { type Cell, showCell } from './cell.ts';
import { escapeControls } from './escape.ts';
import { writeLines } from './lines.ts';
import { cutToWidth, displayWidth, isPlain } from './width.ts';

export interface TableOptions {
  readonly header: boolean;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** Shorten long columns with `…` on a terminal when that makes the table fit; never done in a pipe. */
  readonly cut?: boolean;
  /** Colours a cell's text; called after the widths are known, so that it does not disturb them. */
  readonly paint?: (column: string, text: string) => string;
}

const gap = 3;
// No column is cut below this: an IPv4 address, an age and most names stay whole.
const narrowest = 20;

/** Writes rows under upper-case headers, columns padded to their widest cell, no spaces at line ends. */
export function writeTable(
  screen: Screen,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): void {
  const now = screen.isTTY ? options.now : undefined;
  const heads = columns.map(column => escapeControls(column.replaceAll('_', ' ').toUpperCase()));
  const widths = heads.map(head => (options.header ? displayWidth(head) : 0));
  const texts = rows.map(row => row.map((cell, index) => showSafely(cell, now, widths, index)));
  const limits = screen.isTTY && options.cut ? limitWidths(widths, screen.columns) : widths;
  const { paint } = options;
  const paintAt = paint && ((text: string, index: number) => paint(columns[index]!, text));
  writeLines(screen, layOut(options.header ? heads : undefined, texts, limits, paintAt));
}

function showSafely(cell: Cell, now: number | undefined, widths: number[], index: number): string {
  const shown = showCell(cell, now);
  const plain = isPlain(shown);
  const text = plain ? shown : escapeControls(shown);
  const width = plain ? text.length : displayWidth(text);
  if (width > widths[index]!) widths[index] = width;
  return text;
}

type PaintAt = (text: string, index: number) => string;

function* layOut(
  heads: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  paint?: PaintAt,
): Generator<string> {
  if (heads) yield layOutRow(heads, widths);
  for (const row of rows) yield layOutRow(row, widths, paint);
}

function layOutRow(texts: readonly string[], widths: readonly number[], paint?: PaintAt): string {
  let line = '';
  let spaces = 0;
  for (let index = 0; index < texts.length; index++) {
    const limit = widths[index]!;
    let text = texts[index]!;
    let width = displayWidth(text);
    if (width > limit) {
      text = cutToWidth(text, limit);
      width = displayWidth(text);
    }
    line += ' '.repeat(spaces) + (paint ? paint(text, index) : text);
    spaces = limit - width + gap;
  }
  return line.trimEnd();
}

/** The widths with the longest columns capped so that the table fits into `available`; as they were if it cannot. */
export function limitWidths(widths: readonly number[], available: number): readonly number[] {
  const room = available - gap * (widths.length - 1);
  const totalAt = (cap: number) => widths.reduce((sum, width) => sum + Math.min(width, cap), 0);
  if (totalAt(Number.POSITIVE_INFINITY) <= room || totalAt(narrowest) > room) return widths;
  let cap = narrowest;
  while (totalAt(cap + 1) <= room) cap++;
  return widths.map(width => Math.min(width, cap));
}
