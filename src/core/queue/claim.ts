import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type { Sql } from '../store/store.ts';
import type { JobRow, Tables } from '../store/tables.ts';
import { type Template, template } from '../store/template.ts';
import type { Write } from './gather.ts';

const columns = ['id', 'unique_key', 'name', 'payload', 'state', 'run_at', 'attempts', 'fence', 'lease_until'] as const;

/** A job as a worker reads it. */
export type Found = Pick<Required<JobRow>, Exclude<(typeof columns)[number], 'id'>> & { readonly id: number };

/** Who claims jobs, and for how many milliseconds. */
export interface Claimant {
  readonly store: Sql;
  readonly write: Write;
  readonly worker: string;
  readonly lease: number;
}

/** Who holds a job: the fence is one more with each claim, so that no two ever agree in it. */
export interface Holding {
  readonly id: number;
  readonly fence: number;
  readonly worker: string;
}

/** What is looked for. */
export interface Search {
  readonly now: number;
  readonly limit: number;
  /** How long a job must have been due; default 0. */
  readonly grace?: number;
}

/** Finds jobs that may be claimed, and claims them. */
export interface Claims {
  /** Those that are due, in the order of their times; and when the next one is due, where fewer than `limit` are. */
  findDue(search: Search): Promise<{ readonly rows: readonly Found[]; readonly next: number | undefined }>;
  /** The one job, if it may be claimed at `now`. */
  findOne(id: number, now: number): Promise<Found | undefined>;
  /** Claims jobs as they were found, all in one commit; those that it gives are held by the worker for the length of a lease. Another worker that has found them too gets none of these. */
  claim(rows: readonly Found[], now: number): Promise<readonly Found[]>;
}

/** Claims by a worker. */
export function createClaims({ store, write, worker, lease }: Claimant): Claims {
  return {
    async findDue({ now, limit, grace = 0 }) {
      const found = await searchOf(limit)(store, { now }).rows();
      const isDue = ({ state, run_at }: Found) => state === 'active' || run_at <= now - grace;
      const rows = found.filter(isDue).sort((a, b) => a.run_at - b.run_at || a.id - b.id);
      const later = found.filter(row => !isDue(row)).map(row => row.run_at + grace);
      return { rows: rows.slice(0, limit), next: later.length > 0 ? Math.min(...later) : undefined };
    },
    async findOne(id, now) {
      const row: Found | undefined = await byId(store, { id }).first();
      if (row?.state === 'waiting') return row.run_at <= now ? row : undefined;
      return row?.state === 'active' && (row.lease_until ?? 0) < now ? row : undefined;
    },
    async claim(rows, now) {
      const until = now + lease;
      const writes = rows.map(({ id, fence, state }) =>
        write(id, claiming(store, { id, fence, next: fence + 1, state, worker, until, now })),
      );
      const changed = await Promise.all(writes);
      return rows
        .filter((_, index) => changed[index] === 1)
        .map(row => ({ ...row, state: 'active', fence: row.fence + 1, lease_until: until }));
    },
  };
}

const byId = template((db, { id }: { readonly id: number }) =>
  db.selectFrom('jobs').select(columns).where('id', '=', id),
);

type Searching = Template<{ readonly now: number }, Found>;

// One for each limit, of which there are as many as slots: the store writes it into the SQL.
const searches = new Map<number, Searching>();

function searchOf(limit: number): Searching {
  const search = searches.get(limit) ?? template((db, { now }) => dueQuery(db, now, limit));
  searches.set(limit, search);
  return search;
}

function dueQuery(db: Kysely<Tables>, now: number, limit: number) {
  const waiting = db
    .selectFrom('jobs')
    .select(columns)
    .where('state', '=', 'waiting')
    .orderBy('run_at')
    .orderBy('id')
    // One more tells when the next is due.
    .limit(limit + 1);
  const lapsed = db
    .selectFrom('jobs')
    .select(columns)
    .where('state', '=', 'active')
    .where('lease_until', '<', now)
    .orderBy('lease_until')
    .limit(limit);
  const both = db
    .selectFrom(waiting.as('waiting'))
    .selectAll()
    .unionAll(db.selectFrom(lapsed.as('lapsed')).selectAll());
  return both.$castTo<Found>();
}

/** Fence and state together: one that was settled, renewed or dropped since it was found is not claimed. */
const claiming = template((db, { id, fence, next, state, worker, until, now }: Claiming) =>
  db
    .updateTable('jobs')
    .set({ state: 'active', fence: next, worker, lease_until: until })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', state)
    .where(row => row.or([row('lease_until', 'is', null), row('lease_until', '<', now)])),
);

interface Claiming extends Holding {
  readonly next: number;
  readonly state: JobRow['state'];
  readonly until: number;
  readonly now: number;
}

/** True for the row of a job that is held still. */
export function isHeld({ id, fence, worker }: Holding) {
  return (row: ExpressionBuilder<Tables, 'jobs'>): Expression<SqlBool> =>
    row.and([row('id', '=', id), row('fence', '=', fence), row('state', '=', 'active'), row('worker', '=', worker)]);
}
