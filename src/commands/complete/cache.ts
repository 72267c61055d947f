import fs from 'node:fs';
import path from 'node:path';
import { type Item, nameOf, type Resource } from '../../core/resource.ts';
import { identities, type ResourceName } from '../../core/resources/identities.ts';
import type { World } from '../../core/world.ts';
import type { Session } from '../session.ts';

/** One thing that can be named on a command line. */
export interface Named {
  readonly id: number;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the last whole list of a resource said; `age` in milliseconds. */
export interface Recalled {
  readonly names: readonly Named[];
  readonly age: number;
}

/** Enough of a session to find the cache of its API. */
export type CacheOwner = Pick<Session, 'scope'> & { readonly world: Pick<World, 'env' | 'platform' | 'clock'> };

/** Enough of a resource to keep its names. */
export type Nameable = Pick<Resource, 'name' | 'nameKey'>;

/** Milliseconds for which what is on disk is not written again while it says the same. */
const unchanged = 60_000;

/** Keeps the names of a whole list for completion; what cannot be kept is not. */
export async function rememberNames(owner: CacheOwner, resource: Nameable, items: readonly Item[]): Promise<void> {
  await attempt(async () => {
    const file = await fileOf(owner, resource.name);
    if (!file) return;
    const now = owner.world.clock.now();
    const body = JSON.stringify(items.map(item => pack(namedOf(resource, item))));
    const before = read(file);
    if (before?.body === body && now >= before.at && now - before.at < unchanged) return;
    write(file, `${now} ${items.length}\n${body}`);
  });
}

/** Drops the names of a resource, and of those that are the same rows of the API, because they have changed. */
export async function forgetNames(owner: CacheOwner, resource: Pick<Resource, 'name'>): Promise<void> {
  const { path: rows } = identities[resource.name];
  const same = Object.entries(identities).filter(([, identity]) => identity.path === rows);
  await attempt(async () => {
    for (const [name] of same) {
      const file = await fileOf(owner, name as ResourceName);
      if (file) fs.rmSync(file, { force: true });
    }
  });
}

/** The names that were kept, however old; undefined when there are none to be had. */
export async function recallNames(owner: CacheOwner, resource: ResourceName): Promise<Recalled | undefined> {
  return attempt(async () => {
    const file = await fileOf(owner, resource);
    const kept = file && read(file);
    if (!kept) return undefined;
    const rows = JSON.parse(kept.body) as readonly Packed[];
    const names = rows.map(([id, name, labels]): Named => ({ id, name: String(name), labels }));
    const age = owner.world.clock.now() - kept.at;
    // Written in the future: the clock was set back, and nobody knows how old it is.
    return { names, age: age < 0 ? Number.POSITIVE_INFINITY : age };
  });
}

/** How many there were when the names were kept; undefined when that is not known. */
export async function recallCount(owner: CacheOwner, resource: ResourceName): Promise<number | undefined> {
  return attempt(async () => {
    const file = await fileOf(owner, resource);
    return file === undefined ? undefined : read(file)?.count;
  });
}

/** What is kept of an item. */
export function namedOf(resource: Pick<Resource, 'nameKey'>, item: Item): Named {
  return { id: item.id, name: nameOf(resource, item), labels: item.labels as Named['labels'] };
}

type Packed = readonly [id: number, name: string, labels?: Named['labels']];

function pack({ id, name, labels }: Named): Packed {
  for (const _ in labels) return [id, name, labels];
  return [id, name];
}

/** A cache that fails is no cache: the command it serves has nothing to do with it. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

async function fileOf(owner: CacheOwner, resource: ResourceName): Promise<string | undefined> {
  const folder = cacheFolder(owner.world);
  return folder && path.join(folder, 'names', await owner.scope(identities[resource].of), `${resource}.json`);
}

/** Where caches go; undefined when there is no home. The XDG specification has relative paths ignored. */
function cacheFolder({ env, platform }: Pick<World, 'env' | 'platform'>): string | undefined {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'cloudctl');
  if (platform === 'win32') return env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, 'cloudctl', 'cache');
  return env.HOME && path.join(env.HOME, '.cache', 'cloudctl');
}

/** The first line is when it was written and how many there are, the rest the names. */
function read(file: string): { at: number; count: number; body: string } | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const end = text.indexOf('\n');
  const [at = Number.NaN, count = 0] = text.slice(0, end).split(' ').map(Number);
  return end > 0 && Number.isSafeInteger(at) ? { at, count, body: text.slice(end + 1) } : undefined;
}

function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    createDraft(draft, text);
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

function createDraft(draft: string, text: string): void {
  const options = { mode: 0o600, flag: 'wx' };
  try {
    fs.writeFileSync(draft, text, options);
  } catch {
    fs.mkdirSync(path.dirname(draft), { recursive: true, mode: 0o700 });
    fs.writeFileSync(draft, text, options);
  }
}
