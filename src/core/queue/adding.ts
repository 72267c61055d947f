import type { Insertable } from 'kysely';
import { Failure } from '../failure.ts';
import type { Sql, Step } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';
import { template } from '../store/template.ts';
import type { NewJob } from './queue.ts';
import { wholeTime } from './settle.ts';

const longestKey = 255;

/** The write that adds a job, which changes no row where its key is taken; throws `unexpected` for a job that no store could keep. */
export function addingJob(store: Sql, { name, payload, key, runAt }: NewJob, now: number): Step {
  const size = Buffer.byteLength(key);
  if (size === 0 || size > longestKey) {
    throw new Failure('unexpected', `the key of a job of the name ${name} has ${size} bytes: from 1 to ${longestKey}`);
  }
  const row = {
    unique_key: key,
    name,
    payload: JSON.stringify(payload),
    state: 'waiting',
    run_at: wholeTime(runAt ?? now, 'the time'),
    attempts: 0,
    fence: 0,
    created: now,
  } as const;
  return { query: adding(store, row), changes: 'any' };
}

const adding = template((db, row: Insertable<JobRow>) => db.insertInto('jobs').values(row));
