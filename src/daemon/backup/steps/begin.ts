import type { Server } from '../../../core/hetzner/types.ts';
import { happened } from '../../../core/store/happened.ts';
import { lockOf, take, takeSlot } from '../lock.ts';
import { imagesOfRun, readServer } from '../look.ts';
import { refuseCost, refuseRoom } from '../room.ts';
import { type At, backoff, lastStart, type Next, save, tell } from '../run.ts';
import { adopt } from './create.ts';
import { end } from './end.ts';

/** Finds out whether the image may be made: once what it is made of is there, and nothing else is under way on it. */
export async function begin(at: At): Promise<Next> {
  const { tools, run, schedule, spec } = at;
  const now = tools.clock.now();
  if (!schedule || !spec) return end(at, { state: 'skipped', reason: 'the schedule was deleted' });
  if (schedule.paused) return end(at, { state: 'skipped', reason: 'the schedule is paused' });
  const [made] = await imagesOfRun(tools.hetzner, run.id);
  if (made) return { at: await adopt(at, made) };
  const waits = await whatToWaitFor(at);
  if (waits && now >= lastStart(at)) return end(at, { state: 'failed', reason: waits });
  if (!waits && now > lastStart(at)) {
    return end(at, { state: 'missed', reason: 'the window was over before it could begin' });
  }
  if (waits) return later(at, waits);
  const server = await readServer(tools.hetzner, run.server_id);
  if (!server) return end(at, { state: 'failed', reason: 'the server is gone' });
  const full = await refuseRoom(at);
  if (full && !at.data.pruned) {
    // Only what the rules let go already makes room: nothing is deleted to make it.
    const payload = { schedule: run.schedule_id, server: run.server_id };
    const prune = tools.queue.adding({ name: 'prune', payload, key: `prune/${run.id}/room` });
    await save(at, { data: { pruned: true } }, { steps: [{ ...prune, changes: 'any' }] });
    tools.queue.wake();
    return { again: now + 60_000 };
  }
  const refused = full ?? (await refuseCost(at, server));
  if (refused) return end(at, { state: 'failed', reason: refused });
  const change = { state: 'running', step: nextOf(at, server), reason: null, started: run.started ?? now } as const;
  return { at: await save(at, { ...change, data: { troubles: 0 } }, { steps: warnings(at, server) }) };
}

function nextOf({ spec }: At, server: Server): string {
  if (spec?.before || spec?.after) return 'before';
  return spec?.shutdown && server.status !== 'off' ? 'stop' : 'create';
}

async function whatToWaitFor({ tools, run, job }: At): Promise<string | undefined> {
  const { store, settings } = tools;
  if (!(await take(store, lockOf.server(run.server_id), job.key))) return 'another backup of the server is under way';
  if (await takeSlot(store, settings.maxConcurrentImages, job.key)) return undefined;
  return `${settings.maxConcurrentImages} images are being made already`;
}

async function later(at: At, reason: string): Promise<Next> {
  const polls = (at.data.polls ?? 0) + 1;
  await save(at, { reason, data: { polls } });
  return { again: at.tools.clock.now() + backoff(polls - 1) };
}

/** No image holds an attached volume: said at each run. */
function warnings(at: At, { volumes = [] }: Server) {
  const { store, clock } = at.tools;
  const started = happened(store, clock.now(), 'backup.started', {
    run: at.run.id,
    schedule: { id: at.run.schedule_id, name: at.run.schedule_name },
    server: { id: at.run.server_id, name: at.run.server_name },
  });
  if (volumes.length === 0) return [started];
  const reason = `volumes ${volumes.join(', ')} are attached and will not be in the image`;
  at.tools.log.warn('backup without volumes', { schedule: at.run.schedule_name, server: at.run.server_name, reason });
  return [started, tell(at, 'backup.volumes', { volumes, reason })];
}
