import type { Verdict } from '../../core/backup/types.ts';
import { writeStamp } from '../../core/backup/words.ts';
import { Failure } from '../../core/failure.ts';
import type { Job } from '../../core/queue/queue.ts';
import { readFrozen } from '../frozen.ts';
import type { Tools } from '../tools.ts';
import { compareLabels, isOf, label } from './labels.ts';
import { readImage } from './look.ts';
import { entry, type Seen, told, write } from './refresh.ts';
import type { Schedule } from './schedule.ts';

/** What a pruning is carried out with. */
export interface Pruning {
  readonly tools: Tools;
  readonly job: Job<'prune'>;
  readonly schedule: Schedule;
}

/** Carries out a verdict on one image; what Hetzner answered when it would not. */
export type Deed = (pruning: Pruning, seen: Seen, verdict: Verdict) => Promise<Failure | undefined>;

/** What can be done to an image, by the decision on it. */
export const deeds: Readonly<Record<'mark' | 'unmark' | 'delete', Deed>> = { mark, unmark, delete: remove };

async function mark(pruning: Pruning, { row }: Seen, { reasons }: Verdict): Promise<Failure | undefined> {
  const { tools, job, schedule } = pruning;
  const image = await readImage(tools.hetzner, row.id);
  if (!image || compareLabels(image.labels, row) !== 'ours') return;
  // Whole minutes, so that one pruning follows for all that are marked together.
  const after = Math.ceil((tools.clock.now() + schedule.spec.grace) / 60_000) * 60_000;
  const reason = reasons.join('; ');
  const [of] = await write(tools, job, [entry(row, 'backup.mark', 'begun', reason)]);
  const failed = await send(pruning, 'PUT', row.id, {
    labels: { ...image.labels, [label.deleteAfter]: writeStamp(after) },
  });
  if (failed) {
    await write(tools, job, [{ ...entry(row, 'backup.mark', 'failed', failed.message), of }]);
    return failed;
  }
  const set = { delete_after: after, delete_reason: reason };
  const query = tools.store.db.updateTable('images').set(set).where('id', '=', row.id);
  const { payload } = job;
  const key = `prune/${payload.schedule}/${payload.server}/${after}`;
  const later = tools.queue.adding({ name: 'prune', payload, key, runAt: after });
  const done = { ...entry(row, 'backup.mark', 'done', reason), of };
  await write(tools, job, [done], [{ query }, later, told(tools, row, 'backup.marked', reason)]);
}

async function unmark(pruning: Pruning, { row }: Seen, { reasons }: Verdict): Promise<Failure | undefined> {
  const { tools, job } = pruning;
  const image = await readImage(tools.hetzner, row.id);
  if (!image || compareLabels(image.labels, row) !== 'ours') return;
  const set = { delete_after: null, delete_reason: null };
  const query = tools.store.db.updateTable('images').set(set).where('id', '=', row.id);
  // The row first: it is what counts.
  const [of] = await write(tools, job, [entry(row, 'backup.unmark', 'begun', reasons.join('; '))], [{ query }]);
  const { [label.deleteAfter]: _, ...labels } = image.labels;
  const failed = await send(pruning, 'PUT', row.id, { labels });
  await write(tools, job, [{ ...entry(row, 'backup.unmark', failed ? 'failed' : 'done', failed?.message), of }]);
  return failed;
}

async function remove(pruning: Pruning, { row }: Seen, { reasons }: Verdict): Promise<Failure | undefined> {
  const { tools, job } = pruning;
  const { db } = tools.store;
  const reason = reasons.join('; ');
  const stays = await whyStays(tools, row);
  if (stays) {
    await write(tools, job, [entry(row, 'backup.delete', 'refused', stays)]);
    return;
  }
  // Should the process end before it can say that it is done, this tells that it was meant to go.
  const meant = { delete_after: row.delete_after ?? tools.clock.now(), delete_reason: reason };
  const going = { query: db.updateTable('images').set(meant).where('id', '=', row.id) };
  const [of] = await write(tools, job, [entry(row, 'backup.delete', 'begun', reason)], [going]);
  // A freeze holds from the moment on when it is written.
  const frozen = await readFrozen(tools);
  const failed = frozen ? new Failure('refused', 'deletions are frozen') : await send(pruning, 'DELETE', row.id);
  if (failed) {
    const back = { delete_after: row.delete_after, delete_reason: row.delete_reason };
    // What was not answered may be done all the same.
    const steps = failed.ambiguous ? [] : [{ query: db.updateTable('images').set(back).where('id', '=', row.id) }];
    const told_ = frozen ? [] : [told(tools, row, 'backup.delete-failed', failed.message)];
    await write(tools, job, [{ ...entry(row, 'backup.delete', 'failed', failed.message), of }], [...steps, ...told_]);
    return failed;
  }
  const set = { state: 'deleted' as const, seen: tools.clock.now() };
  const query = db.updateTable('images').set(set).where('id', '=', row.id);
  const event = told(tools, row, 'backup.deleted', reason);
  await write(tools, job, [{ ...entry(row, 'backup.delete', 'done', reason), of }], [{ query }, event]);
}

/** What the image itself says against deleting it, just before. */
async function whyStays(tools: Tools, row: Seen['row']): Promise<string | undefined> {
  const image = await readImage(tools.hetzner, row.id);
  if (!image) return 'it is gone';
  if (image.protection.delete) return 'it is protected';
  const isOurs = compareLabels(image.labels, row) === 'ours' && isOf(image, row.server_id);
  return isOurs ? undefined : 'its labels are not those of the daemon';
}

/** What Hetzner said when it would not; nothing when it did, or there is no such image any more. */
async function send(
  { tools, job }: Pruning,
  method: 'PUT' | 'DELETE',
  id: number,
  body?: object,
): Promise<Failure | undefined> {
  await job.renew();
  try {
    await tools.hetzner.send(method, `images/${id}`, body);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'unexpected' || error.code === 'interrupted') throw error;
    if (error.code !== 'not_found') return error;
  }
}
