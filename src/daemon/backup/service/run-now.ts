import { Failure } from '../../../core/failure.ts';
import type { Request } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { newRun } from '../new-run.ts';
import { keyOf } from '../run.ts';
import type { Schedule } from '../schedule.ts';
import { readFormer, readServers } from '../servers.ts';
import { relay } from '../trouble.ts';
import { change, entryBy, refuse } from './common.ts';

/** Begins a run of each server of a schedule at once, whatever the hour; throws `refused` when it chooses none. */
export async function runNow(tools: Tools, request: Request, schedule: Schedule): Promise<void> {
  const { store, queue, clock } = tools;
  const target = { type: 'schedule', id: schedule.id, name: schedule.name };
  const entry = entryBy(request, 'schedule.run', target);
  if (schedule.paused) {
    await refuse(
      tools,
      entry,
      new Failure('refused', `schedule ${schedule.name} is paused`, {
        hint: `cloudctl schedule resume ${schedule.name}`,
      }),
    );
  }
  const choice = readServers(tools).choose(schedule.spec, readFormer(tools, schedule.id));
  const { servers, notices } = await choice.catch(relay);
  if (servers.length === 0) {
    await refuse(tools, entry, new Failure('refused', notices.map(({ message }) => message).join('; ')));
  }
  const now = clock.now();
  const steps = servers.flatMap(server => {
    const run = newRun(tools, schedule, server, now);
    return [
      { query: store.db.insertInto('runs').values(run), changes: 'any' as const },
      queue.adding({ name: 'backup', payload: { run: run.id }, key: keyOf(run) }),
    ];
  });
  await change(tools, entry, steps);
}
