import type { Job, NewJob, Outcome } from '../../core/queue/queue.ts';
import { happened } from '../../core/store/happened.ts';
import type { RunRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { stateOf } from './condition.ts';
import { isAlive } from './lock.ts';
import { pruneWhatIsLeft } from './prune-left.ts';
import { redate } from './pull-in.ts';
import { refresh, write } from './refresh.ts';
import { keyOf } from './run.ts';
import { tellStale } from './stale.ts';
import { powerOnKey } from './steps/end.ts';
import { isFinal, passes } from './trouble.ts';
import { removeLeftovers } from './verify/leftovers.ts';

const hour = 3_600_000;

/** Puts right what a crash, a late request or a hand from outside has left: images that the store does not know or that are gone, runs whose job is dead, servers of restore tests that nobody deletes any more. */
export async function reconcile(tools: Tools, job: Job<'reconcile'>): Promise<Outcome> {
  try {
    await endOrphans(tools, job);
    await redate(tools, tools.clock.now());
    const images = (await refresh(tools, job)).map(({ row }) => row);
    await removeLeftovers(tools, job);
    await pruneWhatIsLeft(tools, job, images);
    await tellStale(tools);
  } catch (error) {
    if (!passes(error) && !isFinal(error)) throw error;
    tools.log.warn('images could not be looked at', { reason: error.message });
    if (isFinal(error)) return;
    // The next one comes within the hour; a silence longer than that is tried again by it.
    const again = tools.clock.now() + 300_000;
    if (again < startOf(job) + hour) return { again };
  }
}

/** The job that reconciles at the start of a daemon, or in that hour: then it is one however many daemons ask for it. */
export function reconcileJob(now: number, isStart: boolean): NewJob<'reconcile'> {
  const time = isStart ? now : Math.floor(now / hour) * hour;
  return { name: 'reconcile', payload: {}, key: `reconcile/${time}` };
}

function startOf({ key }: Job<'reconcile'>): number {
  return Number(key.split('/')[1]) || 0;
}

/** Ends the runs whose job is dead, so that none hangs; what they have stopped is started by its own job. */
async function endOrphans(tools: Tools, job: Job<'reconcile'>): Promise<void> {
  const { store, clock } = tools;
  const open = await openRuns(store, {}).rows();
  for (const run of open) {
    if (await isAlive(store, keyOf(run))) continue;
    const now = clock.now();
    const reason = 'its job is dead: cloudctl job list tells why';
    const change = { state: 'failed', reason, finished: now } as const;
    const query = store.db.updateTable('runs').set(change).where('id', '=', run.id).where('state', '=', run.state);
    const event = happened(store, now, run.kind === 'backup' ? 'backup.failed' : 'backup.verify-failed', {
      run: run.id,
      server: run.server_name,
      reason,
    });
    await write(
      tools,
      job,
      [orphaned(run, reason)],
      [{ query }, event, ...stateOf(tools, run, { state: 'failed', reason })],
    );
    await revive(tools, run);
  }
}

const openRuns = template(db =>
  db.selectFrom('runs').selectAll().where('state', 'in', ['waiting', 'running']).orderBy('due'),
);

/** A job that starts a server again must not be dead. */
async function revive({ store, clock }: Tools, run: RunRow): Promise<void> {
  const change = { state: 'waiting', run_at: clock.now(), attempts: 0 } as const;
  const dead = store.db.updateTable('jobs').set(change).where('unique_key', '=', powerOnKey(run.id));
  await store.commit([{ query: dead.where('state', '=', 'dead') }]);
}

function orphaned(run: RunRow, reason: string) {
  const target = { type: 'server', id: run.server_id, name: run.server_name };
  return {
    actor: 'system',
    action: `${run.kind}.create`,
    target,
    result: 'failed',
    reason,
    requestId: run.id,
  } as const;
}
