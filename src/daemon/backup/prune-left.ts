import type { Job } from '../../core/queue/queue.ts';
import type { Tools } from '../tools.ts';
import { planServers } from './plan.ts';
import { isDeed } from './prune.ts';
import { write } from './refresh.ts';
import { readSchedules } from './schedule.ts';

/** Has a pruning follow wherever the rules let something go that no backup will be followed by: a hold has ended, a change was approved, a freeze lifted. */
export async function pruneWhatIsLeft(tools: Tools, job: Job<'reconcile'>): Promise<void> {
  const present = new Set<number>();
  for await (const { id } of tools.hetzner.list<{ readonly id: number }>('servers')) present.add(id);
  const schedules = await readSchedules(tools.store);
  for (const schedule of schedules.filter(({ paused }) => !paused)) {
    const plans = await planServers(tools, schedule, id => ({ serverExists: present.has(id) }));
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
