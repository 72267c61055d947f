import type { Job } from '../../core/queue/queue.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import { readBrakes } from './decide.ts';
import { planRows } from './plan.ts';
import { isDeed } from './prune.ts';
import { write } from './refresh.ts';
import { readSchedules } from './schedule.ts';

/** Has a pruning follow wherever the rules let something go that no backup will be followed by: a hold has ended, a change was approved, a freeze lifted. `images` are those that are there, the oldest first. */
export async function pruneWhatIsLeft(tools: Tools, job: Job<'reconcile'>, images: readonly ImageRow[]): Promise<void> {
  const present = new Set<number>();
  for await (const { id } of tools.hetzner.list<{ readonly id: number }>('servers')) present.add(id);
  const schedules = await readSchedules(tools.store);
  const brakes = await readBrakes(tools);
  for (const schedule of schedules.filter(({ paused }) => !paused)) {
    const own = images.filter(row => row.schedule_id === schedule.id);
    const plans = planRows(schedule, own, brakes, id => ({ serverExists: present.has(id) }));
    const left = plans.filter(({ plan }) => plan.images.some(({ decision }) => isDeed(decision)));
    if (left.length === 0) continue;
    const steps = left.map(({ id: server }) => {
      const payload = { schedule: schedule.id, server };
      return tools.queue.adding({ name: 'prune', payload, key: `prune/${schedule.id}/${server}/${job.key}` });
    });
    await write(tools, job, [], steps);
    tools.queue.wake();
  }
}
