import type { Plan } from '../../core/backup/plan.ts';
import type { Verdict } from '../../core/backup/types.ts';
import { Failure } from '../../core/failure.ts';
import type { Job, Outcome } from '../../core/queue/queue.ts';
import type { Tools } from '../tools.ts';
import { readMeta } from './clock.ts';
import { judge } from './decide.ts';
import { compareLabels, isOf, label, stamp } from './labels.ts';
import { take } from './lock.ts';
import { readImage, readServer } from './look.ts';
import { entry, refresh, type Seen, told, write } from './refresh.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { passes } from './trouble.ts';

/** How long a pruning that Hetzner does not answer is tried before the next one has to do, in milliseconds. */
const patience = 6 * 3_600_000;

/** Marks what the schedule's rules let go of one server, and deletes what was marked long enough ago. */
export async function prune(tools: Tools, job: Job<'prune'>): Promise<Outcome> {
  const { schedule, server } = job.payload;
  const lock = `lock/prune/${schedule}/${server}`;
  const now = tools.clock.now();
  if (!(await take(tools.store, lock, job.key))) return { again: now + 30_000 };
  try {
    await carryOut(tools, job);
  } catch (error) {
    if (!passes(error)) throw error;
    tools.log.warn('images could not be pruned', { schedule, server, reason: error.message });
    const created = await createdAt(tools, job);
    if (now < created + patience) return { again: now + 300_000 };
  }
  const mine = tools.store.db.deleteFrom('meta').where('name', '=', lock).where('value', '=', job.key);
  await write(tools, job, [], [{ query: mine }]);
}

/** Each deed is decided anew, by what is there just before it: what was decided a moment ago may hold no longer. */
async function carryOut(tools: Tools, job: Job<'prune'>): Promise<void> {
  const tried = new Set<string>();
  for (;;) {
    job.signal.throwIfAborted();
    const state = await decide(tools, job);
    if (!state) return;
    const verdict = state.plan.images.find(({ id, decision }) => isDeed(decision) && !tried.has(`${decision} ${id}`));
    if (!verdict) return tellBrake(tools, job, state);
    tried.add(`${verdict.decision} ${verdict.id}`);
    const seen = state.seen.find(({ row }) => row.id === verdict.id);
    if (seen) await deeds[verdict.decision as keyof typeof deeds](tools, job, seen, verdict, state.schedule);
  }
}

interface State {
  readonly schedule: Schedule;
  readonly seen: readonly Seen[];
  readonly plan: Plan;
}

async function decide(tools: Tools, job: Job<'prune'>): Promise<State | undefined> {
  const { schedule: id, server } = job.payload;
  const schedule = await readSchedule(tools.store, id);
  // Without its schedule an image belongs to nobody, and a paused one deletes nothing.
  if (!schedule || schedule.paused) return undefined;
  const seen = await refresh(tools, job, job.payload);
  const serverExists = (await readServer(tools.hetzner, server)) !== undefined;
  const rows = seen.map(({ row }) => row);
  return { schedule, seen, plan: await judge(tools, schedule, server, rows, { serverExists }) };
}

function isDeed(decision: Verdict['decision']): boolean {
  return decision === 'mark' || decision === 'unmark' || decision === 'delete';
}

type Deed = (tools: Tools, job: Job<'prune'>, seen: Seen, verdict: Verdict, schedule: Schedule) => Promise<void>;

const deeds: Readonly<Record<'mark' | 'unmark' | 'delete', Deed>> = {
  async mark(tools, job, { row }, { reasons }, schedule) {
    const image = await readImage(tools.hetzner, row.id);
    if (!image || compareLabels(image.labels, row) !== 'ours') return;
    const after = tools.clock.now() + schedule.spec.grace;
    const reason = reasons.join('; ');
    const [of] = await write(tools, job, [entry(row, 'backup.mark', 'begun', reason)]);
    const labels = { ...image.labels, [label.deleteAfter]: stamp(after) };
    const failed = await attempt(tools, job, 'PUT', row.id, { labels });
    if (failed) return void (await write(tools, job, [{ ...entry(row, 'backup.mark', 'failed', failed.message), of }]));
    const query = tools.store.db
      .updateTable('images')
      .set({ delete_after: after, delete_reason: reason })
      .where('id', '=', row.id);
    const { schedule: id, server } = job.payload;
    const key = `prune/${id}/${server}/${Math.ceil(after / 60_000)}`;
    const later = tools.queue.adding({
      name: 'prune',
      payload: job.payload,
      key,
      runAt: Math.ceil(after / 60_000) * 60_000,
    });
    await write(
      tools,
      job,
      [{ ...entry(row, 'backup.mark', 'done', reason), of }],
      [{ query }, later, told(tools, row, 'backup.marked', reason)],
    );
  },

  async unmark(tools, job, { row }, { reasons }) {
    const image = await readImage(tools.hetzner, row.id);
    if (!image || compareLabels(image.labels, row) !== 'ours') return;
    const reason = reasons.join('; ');
    const query = tools.store.db
      .updateTable('images')
      .set({ delete_after: null, delete_reason: null })
      .where('id', '=', row.id);
    // The row first: it is what counts.
    const [of] = await write(tools, job, [entry(row, 'backup.unmark', 'begun', reason)], [{ query }]);
    const { [label.deleteAfter]: _, ...labels } = image.labels;
    const failed = await attempt(tools, job, 'PUT', row.id, { labels });
    await write(tools, job, [{ ...entry(row, 'backup.unmark', failed ? 'failed' : 'done', failed?.message), of }]);
  },

  async delete(tools, job, { row }, { reasons }) {
    const image = await readImage(tools.hetzner, row.id);
    const reason = reasons.join('; ');
    const stays = !image
      ? 'it is gone'
      : image.protection.delete
        ? 'it is protected'
        : compareLabels(image.labels, row) !== 'ours' || !isOf(image, row.server_id)
          ? 'its labels are not those of the daemon'
          : undefined;
    if (stays) return void (await write(tools, job, [entry(row, 'backup.delete', 'refused', stays)]));
    const [of] = await write(tools, job, [entry(row, 'backup.delete', 'begun', reason)]);
    // A freeze holds from the moment on when it is written.
    if ((await readMeta(tools.store, 'frozen')) !== undefined) {
      return void (await write(tools, job, [{ ...entry(row, 'backup.delete', 'refused', 'frozen'), of }]));
    }
    const failed = await attempt(tools, job, 'DELETE', row.id);
    if (failed) {
      const event = told(tools, row, 'backup.delete-failed', failed.message);
      return void (await write(
        tools,
        job,
        [{ ...entry(row, 'backup.delete', 'failed', failed.message), of }],
        [event],
      ));
    }
    const query = tools.store.db
      .updateTable('images')
      .set({ state: 'deleted', delete_reason: reason, seen: tools.clock.now() })
      .where('id', '=', row.id);
    await write(
      tools,
      job,
      [{ ...entry(row, 'backup.delete', 'done', reason), of }],
      [{ query }, told(tools, row, 'backup.deleted', reason)],
    );
  },
};

/** What Hetzner said when it would not; nothing when it did, or there is no such image any more. */
async function attempt(
  tools: Tools,
  job: Job<'prune'>,
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

/** Why nothing is deleted although the rules let go of something. */
async function tellBrake(tools: Tools, job: Job<'prune'>, { schedule, plan }: State): Promise<void> {
  if (plan.stopped.length === 0 || plan.images.length === 0) return;
  const target = { type: 'schedule', id: schedule.id, name: schedule.name };
  const reason = plan.stopped.join('; ');
  const entry = {
    actor: `schedule ${schedule.name}`,
    action: 'backup.delete',
    target,
    result: 'refused',
    reason,
  } as const;
  await write(tools, job, [entry]);
}

async function createdAt({ store }: Tools, job: Job): Promise<number> {
  const row = await store.db.selectFrom('jobs').select('created').where('id', '=', job.id).executeTakeFirst();
  return row?.created ?? 0;
}
