import type { Screen } from '../../core/world.ts';
import type { Cell } from './cell.ts';
import { type Look, writeData, writeGrid } from './data.ts';
import { describe } from './describe.ts';
import { escapeControls } from './escape.ts';
import type { Format } from './format.ts';
import { writeLines } from './lines.ts';

/** How one thing is shown; `columns` are those of its list, for CSV and `-o columns=`. */
export interface Item<T> extends Look {
  readonly nameOf: (item: T) => string | null | undefined;
  readonly idOf: (item: T) => number | string;
  readonly columns?: Readonly<Record<string, (item: T) => Cell>>;
}

/** Writes one object: described in lines for people, or in the format; JSON and YAML are the object untouched. */
export async function writeItem<T extends object>(out: Screen, format: Format, item: T, how: Item<T>): Promise<void> {
  if (format.kind === 'id' || format.kind === 'name') {
    const label = (format.kind === 'name' && how.nameOf(item)) || how.idOf(item);
    return writeLines(out, [escapeControls(String(label))]);
  }
  if (format.query !== undefined || format.machine || format.kind === 'template') {
    return writeData(out, format, item, how);
  }
  if (format.kind === 'csv' || format.columns) return writeOneRow(out, format, item, how);
  writeLines(out, describe(item as Record<string, unknown>, out.isTTY ? how.now : undefined));
}

async function writeOneRow<T extends object>(out: Screen, format: Format, item: T, how: Item<T>): Promise<void> {
  const columns = how.columns;
  if (!columns) return writeData(out, format, pick(item, format.columns), how);
  const names = format.columns ?? Object.keys(columns);
  const cells = names.map(name => columns[name]?.(item));
  writeGrid(out, format, names, [cells], { now: how.now, paint: how.paint });
}

function pick(item: object, names: readonly string[] | undefined): object {
  const fields = item as Record<string, unknown>;
  return names ? Object.fromEntries(names.map(name => [name, fields[name]])) : item;
}
