import { formatDuration } from '../core/config/values.ts';
import { Failure } from '../core/failure.ts';
import { keyOf } from '../core/field.ts';
import { find } from '../core/find.ts';
import { pool } from '../core/pool.ts';
import { type Cell, type Item, type Names, nameOf, type Resource } from '../core/resource.ts';
import { recallCount, rememberNames } from './complete/cache.ts';
import { loadNames } from './names.ts';
import { isFancy, statusPaint } from './output/color.ts';
import type { Look } from './output/data.ts';
import { type Format, parseFormat } from './output/format.ts';
import { writeItem } from './output/item.ts';
import { cellsOf, keepCells } from './output/kept.ts';
import { writeRows } from './output/rows.ts';
import type { Run } from './resource-group.ts';
import type { Session } from './session.ts';
import { sortRows, splitSort } from './sort.ts';
import { verbCall } from './verb-call.ts';

/** Prints every item that the filters let through. */
export async function runList({ session, resource, verb, input }: Run): Promise<void> {
  const format = formatFor(session, resource, input);
  const { forApi, forHere } = splitSort(resource, sortOf(session, resource, input));
  const call = await verbCall(session, resource, verb, { ...input, sort: forApi });
  const isTable = !format.machine && format.query === undefined && format.kind !== 'template';
  const keep = isTable && forHere.length === 0 ? keepCells(resource, shownColumns(resource, format)) : undefined;
  const whole = isWhole(verb.fields, input);
  const expect = whole ? await recallCount(session, resource.name) : undefined;
  const { value } = await verb.run({ ...call, reading: { keep, expect } });
  const rows = value as Item[];
  if (whole) await rememberNames(session, resource, rows);
  await printRows(session, resource, sortRows(resource, rows, forHere), format);
}

/** The sort keys: typed, or set as `sort.<resource>`, or by id where the API can. */
function sortOf(session: Session, resource: Resource, input: Run['input']): readonly string[] {
  const preset = resource.order ?? (resource.sortable.includes('id') ? ['id:asc'] : []);
  return (input.sort as string[] | undefined) ?? session.settings.sort[resource.name] ?? preset;
}

/** True when no filter was given, so that the rows are all there are. */
function isWhole(fields: Run['verb']['fields'], input: Run['input']): boolean {
  return Object.keys(fields).every(name => name === 'sort' || input[name] === undefined);
}

/** Prints one item, or each of several. */
export async function runDescribe({ session, resource, verb, input }: Run): Promise<void> {
  const format = formatFor(session, resource, input);
  const refs = (input[resource.name] as string[] | undefined) ?? [];
  if (refs.length === 0)
    throw new Failure('usage', `missing <${resource.name}>`, { hint: `cloudctl ${resource.name} list` });
  const api = await session.api(resource.of);
  const items = await pool(refs, session.settings.concurrency, async ref => {
    const item = await find(api, resource, ref, narrowing(input));
    const outcome = await verb.run(await verbCall(session, resource, verb, input, item));
    return outcome.value as Item;
  });
  if (refs.length > 1 && (format.machine || format.kind !== 'table'))
    return printRows(session, resource, items, format);
  const columns = bindColumns(resource, await loadNames(session, resource, items, format.columns ?? []));
  for (const [index, item] of items.entries()) {
    if (index > 0) session.world.out.write('\n');
    const shown = format.machine || format.query !== undefined ? item : readable(resource, item);
    await writeItem(session.world.out, format, shown, { columns, ...sayWho(resource), ...lookOf(session) });
  }
}

/** The item for people: durations as they are typed. */
function readable({ item: fields = {} }: Resource, item: Item): Item {
  const durations = Object.entries(fields).flatMap(([name, declared]) => {
    const key = keyOf(name, declared);
    const value = item[key];
    return declared.type === 'duration' && typeof value === 'number' ? [[key, formatDuration(value)] as const] : [];
  });
  return { ...item, ...Object.fromEntries(durations) };
}

function narrowing(input: Run['input']) {
  return input.architecture === undefined ? {} : { architecture: String(input.architecture) };
}

/** The output format that was asked for, checked against the resource's columns. */
export function formatFor(session: Session, resource: Resource, input: Run['input']): Format {
  const format = parseFormat({
    output: input.output as string[] | undefined,
    columns: input.columns as string[] | undefined,
    query: input.query as string | undefined,
    available: Object.keys(resource.columns),
  });
  const preset = session.settings.columns[resource.name];
  return format.kind === 'table' && !format.columns && preset ? { ...format, columns: preset } : format;
}

/** Prints items as rows, the names that their columns need looked up first. */
export async function printRows(
  session: Session,
  resource: Resource,
  items: readonly Item[],
  format: Format,
): Promise<void> {
  const shown = shownColumns(resource, format);
  const whole = items.filter(item => !cellsOf(item));
  const names = format.machine
    ? (_: string, id: number) => String(id)
    : await loadNames(session, resource, whole, shown);
  const columns = bindColumns(resource, names, shown);
  await writeRows(session.world.out, format, {
    items,
    columns,
    defaults: resource.defaults,
    wide: [...resource.defaults, ...(resource.wide ?? [])],
    ...sayWho(resource),
    ...lookOf(session),
  });
}

function shownColumns(resource: Resource, format: Format): readonly string[] {
  if (format.columns) return format.columns;
  return format.kind === 'wide' ? [...resource.defaults, ...(resource.wide ?? [])] : resource.defaults;
}

function bindColumns(resource: Resource, names: Names, shown: readonly string[] = []) {
  const bound = Object.entries(resource.columns).map(([name, column]) => {
    const place = shown.indexOf(name);
    const read = (item: Item) => {
      const cells = place < 0 ? undefined : cellsOf(item);
      return cells ? cells[place] : column(item, names);
    };
    return [name, read];
  });
  return Object.fromEntries(bound) as Record<string, (item: Item) => Cell>;
}

function sayWho(resource: Resource) {
  return { nameOf: (item: Item) => nameOf(resource, item), idOf: (item: Item) => item.id };
}

/** What output depends on beside the data. */
export function lookOf({ world }: Session): Look {
  return { now: world.clock.now(), paint: statusPaint(isFancy(world.out, world.env)) };
}
