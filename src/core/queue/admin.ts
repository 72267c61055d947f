import { Failure } from '../failure.ts';
import type { Store } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';

/** A job as the API shows it. */
export type JobShown = Omit<JobRow, 'id'> & { readonly id: number };

export interface JobFilter {
  readonly states?: readonly JobRow['state'][];
  readonly key?: string;
  /** By id; default the newest first. */
  readonly ascending?: boolean;
  readonly limit: number;
  readonly offset: number;
}

type Access = Pick<Store, 'db' | 'commit'>;

/** Some of the jobs that a filter lets pass, and how many it lets pass. */
export async function listJobs(
  { db }: Access,
  { states, key, ascending, limit, offset }: JobFilter,
): Promise<{ readonly rows: readonly JobShown[]; readonly total: number }> {
  let matching = db.selectFrom('jobs');
  if (states !== undefined) matching = matching.where('state', 'in', states);
  if (key !== undefined) matching = matching.where('unique_key', '=', key);
  const counted = await matching.select(({ fn }) => fn.countAll<number | string>().as('total')).executeTakeFirst();
  const sorted = matching.selectAll().orderBy('id', ascending ? 'asc' : 'desc');
  return { rows: await sorted.limit(limit).offset(offset).execute(), total: Number(counted?.total ?? 0) };
}

/** The job of that id; throws `not_found`. */
export async function describeJob({ db }: Access, id: number): Promise<JobShown> {
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `job not found: ${id}`);
}

/** Has a dead job tried again from `now` on, as if it had never failed; throws `not_found`, or `refused` for one that is not dead. */
export async function retryJob(store: Access, id: number, now: number): Promise<JobShown> {
  const retrying = store.db
    .updateTable('jobs')
    .set({ state: 'waiting', run_at: now, attempts: 0, error_code: null, error_message: null, finished: null })
    .where('id', '=', id)
    .where('state', '=', 'dead');
  const done = await store.commit([{ query: retrying, changes: 1 }]);
  const row = await describeJob(store, id);
  if (done) return row;
  throw unfit(row, 'only a dead one can be tried again');
}

/** Ends a waiting or dead job; its key stays taken. Throws `not_found`, or `refused` for one that is under way or done. */
export async function dropJob(store: Access, id: number, now: number): Promise<JobShown> {
  const dropping = store.db
    .updateTable('jobs')
    .set({ state: 'done', finished: now })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'dead']);
  const done = await store.commit([{ query: dropping, changes: 1 }]);
  const row = await describeJob(store, id);
  if (done) return row;
  throw unfit(row, 'only a waiting or dead one can be dropped');
}

function unfit({ id, state }: JobShown, rule: string): Failure {
  return new Failure('refused', `job ${id} is ${state}: ${rule}`, { apiCode: 'service_error' });
}

/** How many jobs there are of those that have not ended well; `waiting` counts those due later too. */
export async function countJobs({ db }: Pick<Store, 'db'>): Promise<Record<'waiting' | 'active' | 'failed', number>> {
  const rows = await db
    .selectFrom('jobs')
    .select(({ fn }) => ['state', fn.countAll<number | string>().as('count')] as const)
    .where('state', 'in', ['waiting', 'active', 'dead'])
    .groupBy('state')
    .execute();
  const count = (state: JobRow['state']) => Number(rows.find(row => row.state === state)?.count ?? 0);
  return { waiting: count('waiting'), active: count('active'), failed: count('dead') };
}
