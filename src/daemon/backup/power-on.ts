import { Failure } from '../../core/failure.ts';
import type { Job, Outcome } from '../../core/queue/queue.ts';
import { happened } from '../../core/store/happened.ts';
import type { RunRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import { isAlive, release } from './lock.ts';
import { readServer } from './look.ts';
import { write } from './refresh.ts';
import { keyOf, type RunData, readRun, settling } from './run.ts';

/** Steps during which the server of a run has to be off. */
const offSteps = ['stop', 'stopping', 'create', 'creating', 'wait'];

/** Starts a server that a run has stopped: as soon as its image is made, or the run has come to nothing. Does not give up before the server runs or is gone. */
export async function powerOn(tools: Tools, job: Job<'power-on'>): Promise<Outcome> {
  const { store, clock, hetzner } = tools;
  const run = await readRun(store, job.payload.run);
  const now = clock.now();
  if (!run) return;
  if (run.state === 'running' && offSteps.includes(run.step) && (await isAlive(store, keyOf(run)))) {
    // Its end wakes this job: see `end`.
    return { again: now + 300_000 };
  }
  const server = await readServer(hetzner, job.payload.server);
  if (!server) return finish(tools, job, run, 'the server is gone');
  if (server.status === 'off' && !server.locked) {
    await start(tools, job, run);
    return { again: now + delay(run, now) };
  }
  // One that is locked may be about to stop, though by a clock that was turned forward the stop is long over.
  if (server.status !== 'running' || server.locked) return { again: now + 5_000 };
  // A request to stop that nobody answered may land late: it is waited for.
  const { stopped = run.due } = JSON.parse(run.data) as RunData;
  if (stopped <= now && now < stopped + settling) return { again: stopped + settling };
  return finish(tools, job, run, 'it is running');
}

async function start(tools: Tools, job: Job<'power-on'>, run: RunRow): Promise<void> {
  const base = entry(run);
  // The log may be unwritable just now: starting it again was entered with the stop, and is done all the same.
  const of = await write(tools, job, [{ ...base, result: 'begun' }]).catch(error => {
    if (error instanceof Failure && error.code === 'conflict') throw error;
    return [];
  });
  await job.renew();
  try {
    await tools.hetzner.send('POST', `servers/${job.payload.server}/actions/poweron`);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'interrupted') throw error;
    const reason = error.message;
    const data = { run: run.id, server: { id: run.server_id, name: run.server_name }, reason };
    tools.log.error('server could not be started again', data);
    const event = happened(tools.store, tools.clock.now(), 'backup.server-off', data);
    await write(tools, job, [{ ...base, result: 'failed', reason, of: of[0] }], [event]);
  }
}

async function finish(tools: Tools, job: Job<'power-on'>, run: RunRow, reason: string): Promise<void> {
  await write(tools, job, [{ ...entry(run), result: 'done', reason }], release(tools.store, run.server_id, job.key));
}

function entry(run: RunRow) {
  return {
    actor: `schedule ${run.schedule_name}`,
    action: 'server.poweron',
    target: { type: 'server', id: run.server_id, name: run.server_name },
    requestId: run.id,
  } as const;
}

function delay({ finished }: RunRow, now: number): number {
  return Math.min(300_000, Math.max(5_000, (now - (finished ?? now)) / 4));
}
