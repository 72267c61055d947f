import type { Selectable } from 'kysely';
import { Failure } from '../../../core/failure.ts';
import type { JobRow } from '../../../core/store/tables.ts';
import type { Tools } from '../../tools.ts';
import type { Paged, Request, Service } from '../service.ts';
import { pageOf } from './page.ts';

/** What can be done with the daemon's jobs: seen, tried again and given up. */
export function jobService({ store, queue, clock }: Pick<Tools, 'store' | 'queue' | 'clock'>): Service {
  const { db } = store;

  async function read(id: number | undefined): Promise<Selectable<JobRow>> {
    const row = await db.selectFrom('jobs').selectAll().where('id', '=', id!).executeTakeFirst();
    if (!row) throw new Failure('not_found', `job with ID '${id}' not found`);
    return row;
  }

  return {
    async list({ input, query }): Promise<Paged> {
      const { limit, offset, ascending, name } = pageOf(query);
      const states = input.state as JobRow['state'][] | undefined;
      const matching = db
        .selectFrom('jobs')
        .$if(states !== undefined, jobs => jobs.where('state', 'in', states!))
        .$if(name !== undefined, jobs => jobs.where('unique_key', '=', name!));
      const counted = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const rows = await matching
        .selectAll()
        .orderBy('id', ascending ? 'asc' : 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
      return { rows: rows.map(itemOf), total: Number(counted.total) };
    },
    async describe({ id }) {
      return { job: itemOf(await read(id)) };
    },
    async retry({ id }: Request) {
      const set = { state: 'waiting' as const, run_at: clock.now(), attempts: 0, finished: null };
      const query = db.updateTable('jobs').set(set).where('id', '=', id!).where('state', '=', 'dead');
      if (!(await store.commit([{ query, changes: 1 }]))) throw unfit(await read(id), 'only a dead job can be retried');
      queue.wake();
      return { job: itemOf(await read(id)) };
    },
    async drop({ id }: Request) {
      const query = db.deleteFrom('jobs').where('id', '=', id!).where('state', 'in', ['waiting', 'dead']);
      if (!(await store.commit([{ query, changes: 1 }])))
        throw unfit(await read(id), 'only one that waits or is dead can be dropped');
      return undefined;
    },
  };
}

function unfit({ id, state }: Selectable<JobRow>, rule: string): Failure {
  return new Failure('refused', `job ${id} is ${state}: ${rule}`, { apiCode: 'service_error' });
}

function itemOf(row: Selectable<JobRow>): Readonly<Record<string, unknown>> {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: row.id,
    name: row.name,
    key: row.unique_key,
    state: row.state,
    run_at: time(row.run_at),
    attempts: row.attempts,
    worker: row.worker,
    lease_until: time(row.lease_until),
    payload: JSON.parse(row.payload),
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message },
    created: time(row.created),
    finished: time(row.finished),
  };
}
