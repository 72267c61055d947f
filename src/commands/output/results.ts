import type { Action, Method } from '../../core/api.ts';
import type { Failure } from '../../core/failure.ts';
import type { Screen } from '../../core/world.ts';
import { type Look, writeData, writeGrid } from './data.ts';
import { describe } from './describe.ts';
import { failureBody } from './errors.ts';
import { escapeControls } from './escape.ts';
import type { Format } from './format.ts';
import { writeLines } from './lines.ts';

/** What a changing verb did to one target. */
export interface Result {
  /** The target's name, or what was typed for it. */
  readonly target: string;
  readonly id?: number;
  readonly ok: boolean;
  /** What was done, for people, without the target's name: `powered off`. */
  readonly message?: string;
  /** What the API answered. */
  readonly value?: unknown;
  /** As they stood last: finished, or running with `--no-wait`. */
  readonly actions?: readonly Action[];
  readonly error?: Failure;
  /** With `--dry-run`: what would have been sent; secrets must have been taken out. */
  readonly requests?: readonly PlannedRequest[];
}

export interface PlannedRequest {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

/** `several` is true when a glob, a selector, `--all` or more than one target was given, whatever matched. */
export interface ResultsLook extends Look {
  readonly several: boolean;
}

/** Writes what happened: one object or sentence for one target, an array or table with a row a target for several; one failure alone writes nothing, since it is thrown. */
export async function writeResults(
  out: Screen,
  format: Format,
  results: readonly Result[],
  look: ResultsLook,
): Promise<void> {
  const shown = look.several ? results : results.filter(result => result.ok).slice(0, 1);
  const done = shown.filter(result => result.ok);
  if (format.kind === 'id')
    return writeLabels(
      out,
      done.map(result => String(result.id ?? result.target)),
    );
  if (format.kind === 'name')
    return writeLabels(
      out,
      done.map(result => result.target),
    );
  if (format.query !== undefined || format.machine || format.kind === 'template') {
    const data = shown.map(look.several ? resultBody : valueBody);
    if (look.several || data.length > 0) await writeData(out, format, look.several ? data : data[0], look);
    return;
  }
  if (format.kind !== 'csv' && shown.some(result => result.requests)) return writePlan(out, shown);
  if (format.kind !== 'csv' && !look.several) return writeLines(out, shown.flatMap(sentences));
  const columns = ['target', 'id', 'result', 'message'];
  const rows = shown.map(result => [result.target, result.id, outcome(result), summary(result)]);
  writeGrid(out, { ...format, columns: undefined }, columns, rows, look);
}

function writeLabels(out: Screen, labels: readonly string[]): void {
  writeLines(out, labels.map(escapeControls));
}

function writePlan(out: Screen, results: readonly Result[]): void {
  const lines = results.flatMap(({ target, requests = [], error }) => {
    if (error) return [`${target}: ${error.message}`];
    return requests.map(({ method, path, body }) => {
      return `${target}: would send ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`;
    });
  });
  writeLines(out, lines.map(escapeControls));
}

function sentences(result: Result): string[] {
  const told = result.message ?? (outcome(result) === 'started' ? summary(result) : outcome(result));
  return [escapeControls(`${result.target}: ${told}`), ...describe(tidings(result))];
}

function outcome(result: Result): string {
  if (!result.ok) return 'failed';
  if (result.requests) return 'planned';
  return running(result).length > 0 ? 'started' : 'done';
}

function summary(result: Result): string {
  if (result.error) return result.error.message;
  const actions = running(result).map(action => `${action.command} is running (action ${action.id})`);
  const told = result.message ? [result.message] : [];
  return [...told, ...actions, ...describe(tidings(result)).map(line => line.replace(/: +/, ': '))].join('; ');
}

// What the API tells beside the resource itself, such as a root password: it is told once and never again.
function tidings(result: Result): Record<string, string> {
  const value = result.value;
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'string' && one !== ''));
}

function running(result: Result): readonly Action[] {
  return (result.actions ?? []).filter(action => action.status === 'running');
}

function valueBody(result: Result): Record<string, unknown> {
  if (result.requests) return { dry_run: true, requests: result.requests };
  return { ...asObject(result.value), actions: result.actions ?? [] };
}

function resultBody(result: Result): Record<string, unknown> {
  const head = { target: result.target, id: result.id ?? null, ok: result.ok };
  const rest = result.error ? { error: failureBody(result.error) } : {};
  // Twice, so that they come first and nothing in the answer can stand in for them.
  return Object.assign({}, head, valueBody(result), head, rest);
}

function asObject(value: unknown): object {
  if (value === undefined || value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? value : { value };
}
