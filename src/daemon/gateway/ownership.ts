import { aloneSince } from '../../core/store/alone.ts';
import type { Step, Store } from '../../core/store/store.ts';
import type { IntentRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Clock } from '../../core/world.ts';

/** What becomes of who owns what; `type` is the path of a collection, `project` and `id` are ids. */
export type Change =
  | {
      readonly kind: 'intend';
      readonly request: string;
      readonly project: number;
      readonly type: string;
      readonly owner: string;
      readonly author: string;
      /** When the same was last tried, where it was tried before. */
      readonly again?: number;
    }
  | {
      readonly kind: 'own';
      readonly project: number;
      readonly type: string;
      readonly id: number;
      readonly owner: string;
      readonly author: string;
      readonly request?: string;
    }
  /** What is owned goes to another owner. */
  | {
      readonly kind: 'transfer';
      readonly project: number;
      readonly type: string;
      readonly id: number;
      readonly owner: string;
      readonly author: string;
    }
  | { readonly kind: 'settle'; readonly request: string; readonly id?: number };

/** Who owns what, as the store has it. */
export interface Belongings {
  /** Another one when something has changed. */
  readonly version: number;
  /** Whose it is; also of what is gone, since images outlive their servers. */
  ownerOf(project: number, type: string, id: number): string | undefined;
  /** Who has asked for what carries that label, of which it is not known yet what came of it. */
  ownerOfRequest(project: number, type: string, request: string): string | undefined;
}

/** The ownerships of a store, held in memory as long as nobody changes them. */
export interface Ownership {
  read(): Promise<Belongings>;
  /** What is open from before this time was left by a daemon that is gone. */
  readonly since: number;
  /** What was intended by that request. */
  intent(request: string): Promise<IntentRow | undefined>;
  /** The writes of these changes, for one commit; `apply` is to be called when it is done. */
  write(changes: readonly Change[]): { readonly steps: readonly Step[]; readonly apply: () => void };
}

type Intent = Extract<Change, { kind: 'intend' }>;

interface State {
  version: number;
  readonly owners: Map<string, string>;
  readonly intents: Map<string, Intent>;
}

const name = 'ownership';
/** Asked at every request. */
const version = template((db, { name }: { readonly name: string }) =>
  db.selectFrom('meta').select('value').where('name', '=', name),
);
const keyOf = (project: number, type: string, id: number) => `${project}:${type}:${id}`;

/** Of a store that other daemons may work on too: a number tells when they have changed something. */
export function openOwnership({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
}): Ownership {
  const { db } = store;
  let state: State | undefined;
  let reading: Promise<State> | undefined;

  async function readVersion(): Promise<number> {
    const row = await version(store, { name }).first();
    return Number(row?.value ?? 0);
  }

  async function load(): Promise<State> {
    await store.commit([{ query: db.insertInto('meta').values({ name, value: '0' }), changes: 'any' }]);
    // Before the rows: what is changed meanwhile is read again.
    const version = await readVersion();
    const rows = await db.selectFrom('ownerships').select(['project_id', 'type', 'resource_id', 'owner']).execute();
    const open = await db.selectFrom('intents').selectAll().where('state', '=', 'open').execute();
    return {
      version,
      owners: new Map(rows.map(row => [keyOf(row.project_id, row.type, row.resource_id), row.owner])),
      intents: new Map(open.map(row => [row.request, { ...row, kind: 'intend', project: row.project_id }])),
    };
  }

  async function current(): Promise<State> {
    // As it was before asking: what is applied meanwhile may have the number of what another daemon has changed.
    const known = state?.version;
    const newest = await readVersion();
    if (state && known === newest) return state;
    let read: State;
    do {
      reading ??= load().finally(() => {
        reading = undefined;
      });
      read = await reading;
      // One that was begun before may miss what this one was told of.
    } while (read.version < newest);
    state = read;
    return read;
  }

  function stepOf(change: Change, now: number): Step {
    if (change.kind === 'intend') {
      const { request, project, type, owner, author, again } = change;
      if (again !== undefined) {
        const same = db.updateTable('intents').where('request', '=', request).where('updated', '=', again);
        return { query: same.set({ state: 'open', updated: Math.max(now, again + 1) }), changes: 1 };
      }
      const row = { request, project_id: project, type, owner, author, resource_id: null, created: now, updated: now };
      return { query: db.insertInto('intents').values({ ...row, state: 'open' }), changes: 1 };
    }
    if (change.kind === 'settle') {
      const { request, id } = change;
      const made = { state: id === undefined ? ('not-made' as const) : ('made' as const), resource_id: id ?? null };
      return {
        query: db
          .updateTable('intents')
          .set({ ...made, updated: now })
          .where('request', '=', request),
      };
    }
    if (change.kind === 'transfer') {
      const { project, type, id, owner, author } = change;
      const row = db.updateTable('ownerships').set({ owner, author, closed: null });
      const query = row.where('project_id', '=', project).where('type', '=', type).where('resource_id', '=', id);
      return { query };
    }
    const { project, type, id, owner, author, request = null } = change;
    const row = { project_id: project, type, resource_id: id, owner, author, request, created: now, closed: null };
    // Who was first owns it: a second answer about the same thing changes nothing.
    return { query: db.insertInto('ownerships').values(row), changes: 'any' };
  }

  /** Where all has been read again since, the changes were read too perhaps. */
  function apply(changes: readonly Change[], before: State | undefined): void {
    if (!state || state !== before) return;
    state.version += 1;
    for (const change of changes) {
      if (change.kind === 'intend') state.intents.set(change.request, change);
      else if (change.kind === 'settle') state.intents.delete(change.request);
      else {
        const key = keyOf(change.project, change.type, change.id);
        if (change.kind === 'transfer' || !state.owners.has(key)) state.owners.set(key, change.owner);
      }
    }
  }

  return {
    since: aloneSince(store, clock),
    intent: request => db.selectFrom('intents').selectAll().where('request', '=', request).executeTakeFirst(),
    async read() {
      const { version, owners, intents } = await current();
      return {
        version,
        ownerOf: (project, type, id) => owners.get(keyOf(project, type, id)),
        ownerOfRequest(project, type, request) {
          const intent = intents.get(request);
          return intent?.project === project && intent.type === type ? intent.owner : undefined;
        },
      };
    },
    write(changes) {
      if (changes.length === 0) return { steps: [], apply: () => {} };
      const next = db.updateTable('meta').set(is => ({ value: is('value', '+', '1') }));
      const bump = { query: next.where('name', '=', name) };
      const steps = changes.map(change => stepOf(change, clock.now()));
      const before = state;
      return { steps: [...steps, bump], apply: () => apply(changes, before) };
    },
  };
}
