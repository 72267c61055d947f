import type { Selectable } from 'kysely';
import type { Action } from '../../../core/api.ts';
import { Failure } from '../../../core/failure.ts';
import type { Log } from '../../../core/log.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { Store } from '../../../core/store/store.ts';
import type { ProjectRow } from '../../../core/store/tables-gateway.ts';
import type { Clock, Transport } from '../../../core/world.ts';
import { type Upstream as Configured, requireToken } from '../../config/token.ts';
import { tellExpiry } from './expiry.ts';
import { openProject } from './open-project.ts';
import type { Shared } from './shared.ts';
import type { Project, Upstream, Upstreams } from './upstream.ts';

export interface UpstreamsOptions {
  readonly store: Store;
  readonly key: StoreKey;
  readonly http: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** The endpoint and token of the configuration as they are now. */
  readonly find: () => Configured;
  /** What the daemons of the store have in common, where there may be several. */
  readonly shared?: Shared;
  /** Told of the actions that the daemon itself has begun. */
  readonly onActions?: (project: Project, actions: readonly Action[], author: 'daemon') => void;
}

/** All projects, the configured one among them. */
export interface OpenUpstreams extends Upstreams {
  /** The project of the configuration. */
  readonly configured: Upstream;
  /** Looks for what others have changed until the signal comes. */
  watch(): Promise<void>;
}

/** The row of the project of the configuration. */
export const configuredId = 1;

/** Milliseconds between two looks into the store. */
const interval = 5_000;
/** Milliseconds between two looks at the ends of tokens. */
const hour = 3_600_000;

/** What binds a sealed token to its endpoint: opened for no other. */
export const sealName = (endpoint: string): string => `token of a project at ${endpoint}`;

interface Held {
  readonly row: Selectable<ProjectRow>;
  readonly upstream: Upstream;
}

/** The projects of the store; the configured one is entered where it is missing. Nothing is asked of Hetzner. */
export async function openUpstreams(options: UpstreamsOptions): Promise<OpenUpstreams> {
  const { store, key, clock, log, signal, find, shared } = options;
  let held: ReadonlyMap<number, Held> = new Map();
  let isOut = false;
  // It stays what it was at the start, as the token goes to no other.
  const { endpoint } = find();

  function tokenOf(id: number, own: string): string {
    if (id === configuredId) return requireToken(find(), endpoint);
    const row = held.get(id)?.row;
    if (!row?.token) throw new Failure('unauthorized', `project ${row?.name ?? id} is not there any more`);
    return key.open(row.token, sealName(own));
  }

  function hold(row: Held['row']): Held {
    const { id, name } = row;
    const own = id === configuredId ? endpoint : row.endpoint;
    const project = { id, name, endpoint: own };
    const before = held.get(id);
    if (before?.upstream.project.endpoint !== own)
      return {
        row,
        upstream: openProject({ ...options, project, token: () => tokenOf(id, own), shared: shared?.of(project) }),
      };
    // Its queue, its pictures and what is under way stay; new requests have the new token.
    return { row, upstream: before.row.name === name ? before.upstream : { ...before.upstream, project } };
  }

  async function refresh(): Promise<void> {
    const rows = await store.db.selectFrom('projects').selectAll().orderBy('id').execute();
    held = new Map(rows.map(row => [row.id, hold(row)]));
  }

  await enter(store, endpoint, clock.now());
  await refresh();

  return {
    configured: held.get(configuredId)!.upstream,
    find: id => held.get(id)?.upstream,
    byName: name => [...held.values()].find(one => one.row.name === name)?.upstream,
    list: () => [...held.values()].map(one => one.upstream),
    refresh,
    async watch() {
      let told = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        await shared?.settle();
        try {
          await refresh();
          if (clock.now() - told >= hour) {
            await tellExpiry(store, clock.now());
            told = clock.now();
          }
          isOut = false;
        } catch (error) {
          if (!isOut) log.warn('the projects could not be read', { error });
          isOut = true;
        }
        await clock.sleep(interval, signal).catch(() => {});
      }
    },
  };
}

async function enter(store: Store, endpoint: string, now: number): Promise<void> {
  const row = { id: configuredId, name: 'default', endpoint, token: null, token_expires: null };
  const insert = store.db.insertInto('projects').values({ ...row, created: now, updated: now });
  await store.commit([{ query: insert, changes: 'any' }]);
  const update = store.db.updateTable('projects').set({ endpoint, updated: now }).where('id', '=', configuredId);
  await store.commit([{ query: update.where('endpoint', '!=', endpoint), changes: 'any' }]);
}
