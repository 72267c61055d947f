import { collect } from '../../core/api.ts';
import type { Item, Resource } from '../../core/resource.ts';
import { identities, type ResourceName } from '../../core/resources/identities.ts';
import type { World } from '../../core/world.ts';
import { openSession, type Session } from '../session.ts';
import { type Named, namedOf, recallNames, rememberNames } from './cache.ts';

/** Where completion gets what is not in the declarations. */
export interface Lookup {
  /** Everything of that resource; empty where it cannot be had in time. */
  readonly names: (resource: ResourceName) => Promise<readonly Named[]>;
  /** The names of the contexts in the configuration. */
  readonly contexts: () => Promise<readonly string[]>;
  /** The names of the accounts that are signed in. */
  readonly accounts: () => Promise<readonly string[]>;
}

/** Milliseconds that names on disk are taken as they are. */
const fresh = 5 * 60_000;
/** Milliseconds that a person waits at most after TAB. */
const patience = 1_500;

/** Names from the disk while they are fresh, else from the API that the typed flags and the settings name. */
export function openLookup(world: World, flags: Readonly<Record<string, readonly string[]>>): Lookup {
  const silent: World = { ...world, err: { ...world.err, isTTY: false, write: () => {} } };
  const settings = { ...flags, debug: false, 'no-input': true, timeout: patience, 'http-timeout': patience };
  return {
    names: async resource => {
      const session = await openSession(silent, settings);
      const kept = await recallNames(session, resource);
      if (kept && kept.age <= fresh) return kept.names;
      const fetched = await within(world, async signal =>
        // An exchange of tokens must not be dropped when patience ends, so none is begun.
        fetchNames(await openSession({ ...silent, signal }, settings, { refresh: false }), resource),
      );
      return fetched ?? kept?.names ?? [];
    },
    contexts: async () => {
      const { contextsOf } = await import('../../core/config/document.ts');
      const session = await openSession(silent, settings);
      return contextsOf(session.settings.document).map(({ name }) => name);
    },
    accounts: async () => {
      const { openCredentials } = await import('../../core/auth/credentials.ts');
      const { settings: found } = await openSession(silent, settings);
      const read = () => openCredentials(world, found.configPath).read();
      return [...((await within(world, read))?.accounts.keys() ?? [])];
    },
  };
}

/** The rest of a resource, where its rows share a path with others or are known by another key than their name. */
async function findNameable(name: ResourceName): Promise<Pick<Resource, 'name' | 'path' | 'query' | 'nameKey'>> {
  if (name === 'snapshot') return (await import('../../core/resources/snapshot.ts')).snapshot;
  if (name === 'job') return (await import('../../core/resources/job.ts')).job;
  return { name, ...identities[name] };
}

async function fetchNames(session: Session, name: ResourceName): Promise<readonly Named[]> {
  const resource = await findNameable(name);
  const api = await session.api(identities[name].of);
  const rows = await collect<Item>(api.list(resource.path, resource.query));
  await rememberNames(session, resource, rows);
  return rows.map(row => namedOf(resource, row));
}

/** What the work resolves with; undefined when it fails, or when patience ends, and then it is stopped. */
async function within<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const tooLate = world.clock.sleep(patience, stop.signal).then(() => undefined);
  try {
    return await Promise.race([work(AbortSignal.any([world.signal, stop.signal])), tooLate]);
  } catch {
    // Without names there is nothing to offer, and a message would break the line that is being typed.
    return undefined;
  } finally {
    stop.abort();
  }
}
