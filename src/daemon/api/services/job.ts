import { describeJob, dropJob, type JobShown, retryJob } from '../../../core/queue/admin.ts';
import type { JobRow } from '../../../core/store/tables.ts';
import type { Tools } from '../../tools.ts';
import type { Paged, Service } from '../service.ts';
import { pageOf } from './page.ts';

/** What can be done with the daemon's jobs: seen, tried again and given up. */
export function jobService({ store, queue, clock }: Pick<Tools, 'store' | 'queue' | 'clock'>): Service {
  const { db } = store;
  return {
    async list({ input, query }): Promise<Paged> {
      const { limit, offset, ascending, name } = pageOf(query);
      const states = input.state as JobRow['state'][] | undefined;
      const matching = db
        .selectFrom('jobs')
        .$if(states !== undefined, jobs => jobs.where('state', 'in', states!))
        .$if(name !== undefined, jobs => jobs.where('unique_key', '=', name!));
      const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
      const order = ascending ? 'asc' : 'desc';
      const rows = await matching.selectAll().orderBy('id', order).limit(limit).offset(offset).execute();
      return { rows: rows.map(itemOf), total: Number(total) };
    },
    describe: async ({ id }) => ({ job: itemOf(await describeJob(store, id!)) }),
    async retry({ id }) {
      const row = await retryJob(store, id!, clock.now());
      queue.wake();
      return { job: itemOf(row) };
    },
    async drop({ id }) {
      await dropJob(store, id!, clock.now());
    },
  };
}

function itemOf(row: JobShown): Readonly<Record<string, unknown>> {
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
