import type { Entry } from '../../../core/audit/audit.ts';
import type { Step } from '../../../core/store/store.ts';
import { stateOf } from '../condition.ts';
import { isAlive, release } from '../lock.ts';
import { type At, type Ending, entryOf, type Next, save, tell } from '../run.ts';

/** The key of the job that starts a server again. */
export const powerOnKey = (run: string) => `power-on/${run}`;

/** Ends a run, at once or after the hook that has to follow; `open` when an audit entry of it waits for its outcome. */
export async function end(
  at: At,
  outcome: Ending,
  also: { entries?: readonly Entry[]; steps?: readonly Step[] } = {},
): Promise<Next> {
  const { data, tools } = at;
  const entries = also.entries ?? refusal(at, outcome);
  if (data.after !== undefined && !data.outcome) {
    const change = { step: 'after', data: { outcome, polls: 0, troubles: 0 } };
    return { at: await save(at, change, { entries, steps: [...(also.steps ?? []), ...startAgain(at)] }) };
  }
  const { state, reason = null } = outcome;
  const change = { state, reason, step: 'ended', finished: tools.clock.now() };
  const heir = data.stopped === undefined ? undefined : powerOnKey(at.run.id);
  const steps = [
    ...(also.steps ?? []),
    ...release(tools.store, at.run.server_id, at.job.key, heir),
    ...startAgain(at),
    tell(at, `backup.${state}`, { image: at.run.image_id, reason }),
    ...stateOf(tools, at.run, outcome),
  ];
  await save(at, change, { entries: data.outcome ? [] : entries, steps });
  tools.queue.wake();
  tools.log[state === 'failed' || state === 'missed' ? 'warn' : 'info'](`backup ${state}`, {
    run: at.run.id,
    schedule: at.run.schedule_name,
    server: at.run.server_name,
    ...(reason !== null && { reason }),
  });
  return 'ended';
}

/** The write that has the job begin now that starts the server again: it waits for the image only. */
function startAgain({ tools, run, data }: At): Step[] {
  if (data.stopped === undefined) return [];
  const now = tools.clock.now();
  const query = tools.store.db
    .updateTable('jobs')
    .set({ run_at: now })
    .where('unique_key', '=', powerOnKey(run.id))
    .where('state', '=', 'waiting')
    .where('run_at', '>', now);
  return [{ query }];
}

/** Runs the hook that has to follow, also when the image was not made; its failure is told and changes nothing. */
export async function runAfter(at: At): Promise<Next> {
  const { data, job, tools } = at;
  const now = tools.clock.now();
  const outcome = data.outcome ?? { state: 'failed', reason: 'unknown' };
  const polls = data.polls ?? 0;
  // What it talks to is on the server, which may be starting still.
  if (data.stopped !== undefined && polls < 60 && (await isAlive(tools.store, powerOnKey(at.run.id)))) {
    await save(at, { data: { polls: polls + 1 } });
    return { again: now + 10_000 };
  }
  if (data.after === undefined) return end(at, outcome);
  await job.renew();
  try {
    await tools.hook(data.after, variables(at));
  } catch (error) {
    const reason = `the hook ${data.after} failed: ${(error as Error).message}`;
    return end(at, outcome, { steps: [tell(at, 'backup.hook-failed', { reason })] });
  }
  return end(at, outcome);
}

/** What a hook is told of the run. */
export function variables({ run, data }: Pick<At, 'run' | 'data'>): Record<string, string> {
  return {
    CLOUDCTL_RUN: run.id,
    CLOUDCTL_SCHEDULE: run.schedule_name,
    CLOUDCTL_SERVER: run.server_name,
    CLOUDCTL_SERVER_ID: String(run.server_id),
    CLOUDCTL_OUTCOME: data.outcome?.state ?? '',
  };
}

function refusal(at: At, { state, reason }: Ending): Entry[] {
  if (state === 'done') return [];
  // What was begun has failed; what was not begun was refused.
  const result = at.data.entry === undefined ? 'refused' : 'failed';
  return [entryOf(at, 'backup.create', result, reason ?? state)];
}
