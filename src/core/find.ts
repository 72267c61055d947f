import { type Api, collect, type Query } from './api.ts';
import { Failure, toFailure } from './failure.ts';
import { type Declaration, type Item, nameOf } from './resource.ts';
import type { Identity } from './resources/identities.ts';

/** Enough of a resource to find one. */
export type Findable = Pick<Identity, 'path' | 'key' | 'title' | 'of'> &
  Pick<Declaration, 'query' | 'nameKey'> & { readonly name: string };

/** Which items a command is for. */
export interface Selection {
  /** Names, ids and globs, as typed. */
  readonly names: readonly string[];
  readonly selector?: string;
  readonly all?: boolean;
  /** Narrows what a name may mean, such as an image's architecture. */
  readonly query?: Query;
}

/** One thing asked for: the item, or why there is none. */
export interface Target {
  readonly target: string;
  readonly item?: Item;
  readonly failure?: Failure;
}

/** The one item of that id or name; a number is an id first. Throws `not_found`, or `usage` when several have the name. */
export async function find(api: Api, resource: Findable, ref: string, query: Query = {}): Promise<Item> {
  if (/^\d+$/.test(ref)) {
    const item = await byId(api, resource, ref);
    if (item) return item;
  }
  return only(resource, ref, await byName(api, resource, ref, query));
}

/** The items a person asked for, each once, in the order asked; names that mean nothing are targets with a failure. */
export async function select(api: Api, resource: Findable, selection: Selection): Promise<Target[]> {
  const { names, selector, all } = selection;
  const query = { ...resource.query, ...selection.query };
  const wantsList = all || selector !== undefined || names.some(isGlob) || names.length > 2;
  const listed = wantsList
    ? await collect<Item>(
        api.list(resource.path, { ...query, ...(selector === undefined ? {} : { label_selector: selector }) }),
      )
    : [];
  if (all || (selector !== undefined && names.length === 0)) return listed.map(item => target(resource, item));
  const found: Target[] = [];
  for (const name of names) found.push(...(await match(api, resource, name, listed, selection)));
  return once(found);
}

/** True when the text is a pattern: has `*`, `?` or `[`. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** The pattern as a test for whole names: `*` any run, `?` one character, `[abc]` one of a set. */
export function globTest(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\[(!?)([^\]]*)\]|[\s\S]/gu, (part, not: string, set?: string) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (set) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
    return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`, 'su');
  } catch (cause) {
    throw new Failure('usage', `'${pattern}' is not a pattern`, { hint: 'Use * ? and [abc]', cause });
  }
  return name => expression.test(name);
}

async function match(
  api: Api,
  resource: Findable,
  name: string,
  listed: Item[],
  selection: Selection,
): Promise<Target[]> {
  if (isGlob(name)) {
    const matches = globTest(name);
    const hits = listed.filter(item => matches(nameOf(resource, item)));
    return hits.map(item => target(resource, item));
  }
  const hits = listed.filter(item => String(item.id) === name);
  const found = hits.length > 0 ? hits : listed.filter(item => nameOf(resource, item) === name);
  if (found.length === 1) return [{ target: name, item: found[0] }];
  try {
    // A row can shift away while pages are read: what a list does not show is asked for.
    const item = await find(api, resource, name, selection.query);
    if (selection.selector !== undefined && !listed.some(row => row.id === item.id)) {
      throw new Failure('not_found', `${resource.title} ${name} does not match the selector '${selection.selector}'`);
    }
    return [{ target: name, item }];
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'not_found' && failure.code !== 'usage') throw error;
    return [{ target: name, failure }];
  }
}

async function byId(api: Api, resource: Findable, id: string): Promise<Item | undefined> {
  try {
    const answer = await api.send<Record<string, Item>>('GET', `${resource.path}/${id}`);
    const item = answer[resource.key];
    if (!item) throw new Failure('unreachable', `the answer for ${resource.title} ${id} has no '${resource.key}'`);
    return fits(resource.query, item) ? item : undefined;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

async function byName(api: Api, resource: Findable, name: string, query: Query): Promise<Item[]> {
  const key = resource.nameKey ?? 'name';
  // The daemon narrows its lists by whatever its things are called; Hetzner by names only.
  const filter = key === 'name' || resource.of === 'daemon' ? { name } : {};
  const rows = await collect<Item>(api.list(resource.path, { ...resource.query, ...query, ...filter }));
  return rows.filter(row => row[key] === name);
}

function only(resource: Findable, ref: string, rows: readonly Item[]): Item {
  const [first, ...others] = rows;
  if (!first) {
    throw new Failure('not_found', `${resource.title} not found: ${ref}`, { hint: `cloudctl ${resource.name} list` });
  }
  if (others.length === 0) return first;
  throw new Failure(
    'usage',
    `'${ref}' is the name of ${rows.length} ${resource.title}s: ${rows.map(row => row.id).join(', ')}`,
    {
      hint: 'Give the id of the one you mean',
    },
  );
}

function fits(query: Query | undefined, item: Item): boolean {
  return Object.entries(query ?? {}).every(([key, value]) => String(item[key]) === String(value));
}

function target(resource: Findable, item: Item): Target {
  return { target: nameOf(resource, item), item };
}

function once(targets: readonly Target[]): Target[] {
  const seen = new Set<number>();
  return targets.filter(({ item }) => {
    if (!item) return true;
    if (seen.has(item.id)) return false;
    seen.add(item.id);
    return true;
  });
}
