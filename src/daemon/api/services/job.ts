import { describeJob, dropJob, type JobShown, listJobs, retryJob } from '../../../core/queue/admin.ts';
import type { JobRow } from '../../../core/store/tables.ts';
import type { Tools } from '../../tools.ts';
import type { Paged, Service } from '../service.ts';
import { pageOf } from './page.ts';

/** What can be done with the daemon's jobs: seen, tried again and given up. */
export function jobService({ store, queue, clock }: Pick<Tools, 'store' | 'queue' | 'clock'>): Service {
  return {
    async list({ input, query }): Promise<Paged> {
      const { name: key, ...page } = pageOf(query);
      const { rows, total } = await listJobs(store, { states: input.state as JobRow['state'][], key, ...page });
      return { rows: rows.map(itemOf), total };
    },
    describe: async ({ id }) => ({ job: itemOf(await describeJob(store, id!)) }),
    async retry({ id }) {
      const job = await retryJob(store, id!, clock.now());
      queue.wake();
      return { job: itemOf(job) };
    },
    drop: async ({ id }) => void (await dropJob(store, id!, clock.now())),
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
