import type { Screen } from '../../core/world.ts';
import { escapeJson } from './escape.ts';
import type { Format } from './format.ts';
import { writeLines } from './lines.ts';
import { yamlText } from './yaml.ts';

const rowsAtOnce = 250;

/** Writes data as it is: JSON with two spaces, YAML, or NDJSON with one element of an array a line; nothing is added or left out. */
export function writeValue(out: Screen, kind: Format['kind'], value: unknown): void {
  writeLines(out, dataLines(kind, value));
}

function dataLines(kind: Format['kind'], value: unknown): Iterable<string> {
  const rows = Array.isArray(value) ? value : undefined;
  if (kind === 'ndjson') return jsonLines(rows ?? [value]);
  if (kind === 'yaml') return rows?.length ? yamlBlocks(rows) : [escapeJson(yamlText(value))];
  return rows?.length ? jsonBlocks(rows) : [prettyJson(value)];
}

function* jsonLines(rows: readonly unknown[]): Generator<string> {
  for (const row of rows) yield escapeJson(JSON.stringify(row ?? null));
}

// In blocks, so that 10,000 servers are never one string and a reader that has gone is noticed.
function* jsonBlocks(rows: readonly unknown[]): Generator<string> {
  yield '[';
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const block = prettyJson(rows.slice(start, start + rowsAtOnce)).slice('[\n'.length, -'\n]'.length);
    yield start + rowsAtOnce < rows.length ? `${block},` : block;
  }
  yield ']';
}

function* yamlBlocks(rows: readonly unknown[]): Generator<string> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    yield escapeJson(yamlText(rows.slice(start, start + rowsAtOnce)));
  }
}

function prettyJson(value: unknown): string {
  return escapeJson(JSON.stringify(value ?? null, null, 2));
}
