import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { nextDue } from './decide.ts';
import { keyOf } from './run.ts';
import { readSchedules } from './schedule.ts';

const hour = 3_600_000;

/** A due time that is so far ahead was one of a clock that was wrong; of one that was an hour off, the due time is not run for again. */
const farAhead = 26 * hour;

/** After the clock was turned: what waits for a time that is now far off is taken up again, since it was set by a clock that was wrong. */
export async function pullIn(tools: Tools, now: number, jump: number): Promise<void> {
  const { store, queue, log } = tools;
  if (jump !== 0) log.error('the clock was turned: nothing is deleted for one period', { by: jump });
  for (const { id, version, paused, next_due, next_verify, spec } of await readSchedules(store)) {
    if (paused) continue;
    const due = nextDue(spec.cron, spec.zone, now);
    const test = spec.verifyCron === undefined ? null : nextDue(spec.verifyCron, spec.zone, now);
    const change = {
      ...(next_due !== null && next_due > due && { next_due: due }),
      ...(next_verify !== null && test !== null && next_verify > test && { next_verify: test }),
    };
    if (Object.keys(change).length === 0) continue;
    const query = store.db.updateTable('schedules').set(change).where('id', '=', id).where('version', '=', version);
    await store.commit([{ query }]);
  }
  if (jump >= 0) return;
  // Every handler finds out by itself whether its time has come: too early does no harm.
  const { db } = store;
  await store.commit([
    { query: db.updateTable('jobs').set({ run_at: now }).where('state', '=', 'waiting').where('run_at', '>', now) },
    {
      query: db
        .updateTable('jobs')
        .set({ lease_until: now + 60_000 })
        .where('state', '=', 'active')
        .where('lease_until', '>', now + hour),
    },
  ]);
  queue.wake();
}

/** Due times that were run for by a clock that was far ahead come once more, in their own time. */
export async function redate({ store }: Tools, now: number): Promise<void> {
  const time = now + farAhead;
  const ahead = await endedAhead(store, { time }).rows();
  const latest = await lastDue(store, {}).first();
  if (ahead.length === 0 && Math.max(latest?.due ?? 0, latest?.verify ?? 0) <= time) return;
  await store.commit([
    // A moment apart, since no two may be due at once.
    ...ahead.map(({ id }, index) => ({ query: moving(store, { id, due: now - index }), changes: 'any' as const })),
    // What was done then is not what is to be done.
    ...ahead.map(run => ({ query: freeing(store, { key: keyOf(run) }) })),
    { query: forgettingDue(store, { time }) },
    { query: forgettingVerify(store, { time }) },
  ]);
}

type Ahead = { readonly time: number };

// The states one by one, as the index has them: there may be years of runs.
const endedAhead = template((db, { time }: Ahead) =>
  db
    .selectFrom('runs')
    .select(['id', 'kind', 'schedule_id', 'server_id', 'due'])
    .where('state', 'in', ['done', 'failed', 'missed', 'skipped'])
    .where('due', '>', time),
);

const moving = template((db, { id, due }: { readonly id: string; readonly due: number }) =>
  db.updateTable('runs').set({ due }).where('id', '=', id),
);

const freeing = template((db, { key }: { readonly key: string }) =>
  db.deleteFrom('jobs').where('unique_key', '=', key).where('state', 'in', ['done', 'dead']),
);

const lastDue = template(db =>
  db.selectFrom('schedules').select(({ fn }) => [fn.max('last_due').as('due'), fn.max('last_verify').as('verify')]),
);

const forgettingDue = template((db, { time }: Ahead) =>
  db.updateTable('schedules').set({ last_due: null }).where('last_due', '>', time),
);

const forgettingVerify = template((db, { time }: Ahead) =>
  db.updateTable('schedules').set({ last_verify: null }).where('last_verify', '>', time),
);
