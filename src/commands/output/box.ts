import type { Screen } from '../../core/world.ts';
import { escapeControls } from './escape.ts';
import { displayWidth } from './width.ts';

/** Writes a small framed table, for plans and wizards; on a terminal that is too narrow the last column is wrapped. */
export async function writeBox(
  screen: Screen,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const texts = [head, ...rows].map(row => row.map(escapeControls));
  const table = new Table({
    head: texts[0],
    colWidths: screen.isTTY ? fitWidths(texts, screen.columns) : [],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...texts.slice(1));
  screen.write(`${table.toString()}\n`);
}

// cli-table3 measures for itself where there is no width; a width counts the two spaces of padding.
function fitWidths(texts: readonly (readonly string[])[], available: number): (number | null)[] {
  const columns = texts[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, index) => {
    return 2 + Math.max(...texts.map(row => displayWidth(row[index] ?? '')));
  });
  const frame = columns + 1;
  const excess = widths.reduce((sum, width) => sum + width, frame) - available;
  if (excess <= 0) return [];
  return widths.map((width, index) => (index === columns - 1 ? Math.max(20, width - excess) : null));
}
