import { collect } from '../../../core/api.ts';
import { Failure } from '../../../core/failure.ts';
import type { Server } from '../../../core/hetzner/types.ts';
import type { Job } from '../../../core/queue/queue.ts';
import type { Tools } from '../../tools.ts';
import { label } from '../labels.ts';
import { write } from '../refresh.ts';

/** Set on the server of a restore test, so that it is never taken for another one. */
export const testLabel = 'cloudctl/restore-test';

/** Deletes servers of restore tests that have ended: of one that was killed, or whose request landed late. */
export async function removeLeftovers(tools: Tools, job: Job): Promise<void> {
  const servers = await collect(tools.hetzner.list<Server>('servers', { label_selector: testLabel }));
  for (const server of servers) {
    const run = await tools.store.db
      .selectFrom('runs')
      .select(['id', 'state', 'schedule_name'])
      .where('id', '=', server.labels[label.run] ?? '')
      .where('kind', '=', 'verify')
      .executeTakeFirst();
    // One that no run of ours knows is not ours to delete.
    if (!run || run.state === 'waiting' || run.state === 'running') continue;
    await removeServer(tools, job, server, `schedule ${run.schedule_name}`, 'its restore test has ended');
  }
}

/** Deletes the server of a restore test, after that is written down; false when Hetzner would not. */
export async function removeServer(
  tools: Tools,
  job: Job,
  server: Pick<Server, 'id' | 'name'>,
  actor: string,
  reason: string,
): Promise<boolean> {
  const entry = { actor, action: 'server.delete', target: { type: 'server', id: server.id, name: server.name } };
  const [of] = await write(tools, job, [{ ...entry, result: 'begun', reason }]);
  await job.renew();
  try {
    await tools.hetzner.send('DELETE', `servers/${server.id}`);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'interrupted') throw error;
    if (error.code !== 'not_found') {
      await write(tools, job, [{ ...entry, result: 'failed', reason: error.message, of }]);
      return false;
    }
  }
  await write(tools, job, [{ ...entry, result: 'done', of }]);
  return true;
}
