import type { Entry } from '../../core/audit/audit.ts';
import { writeStamp } from '../../core/backup/words.ts';
import type { EventType } from '../../core/events/types.ts';
import { Failure } from '../../core/failure.ts';
import type { Image } from '../../core/hetzner/types.ts';
import type { Job } from '../../core/queue/queue.ts';
import { happened } from '../../core/store/happened.ts';
import type { Step } from '../../core/store/store.ts';
import type { ImageRow, RunRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { present, rowOf, stateOf } from './images.ts';
import { compareLabels, isOf, label, labelsOf } from './labels.ts';
import { listSnapshots, readImage } from './look.ts';

/** Whose images are looked at; everything without one. */
export interface Scope {
  readonly schedule: number;
  readonly server: number;
}

/** What is there of an image: the row as it is after the look. */
export interface Seen {
  readonly row: ImageRow;
  readonly image: Image;
}

/** Brings what the store believes of images up to what Hetzner has: those that landed late are taken in, those that are gone named, labels that were wiped put back. The images that are there. */
export async function refresh(tools: Tools, job: Job, scope?: Scope): Promise<Seen[]> {
  const selector = scope
    ? `${label.schedule}=${scope.schedule},${label.server}=${scope.server}`
    : `${label.schedule},${label.run},${label.server}`;
  const images = await listSnapshots(tools.hetzner, selector);
  const rows = await readRows(tools.store, { ...scope }).rows();
  const known = new Map(rows.map(row => [row.id, row]));
  const unknown = images.filter(image => !known.has(image.id)).sort((one, other) => one.id - other.id);
  for (const image of unknown) {
    const row = await takeIn(tools, job, image, rows);
    if (row) {
      known.set(row.id, row);
      rows.push(row);
    }
  }
  const byId = new Map(images.map(image => [image.id, image]));
  const seen: Seen[] = [];
  const running = await runningRuns(tools, rows);
  for (const [index, row] of rows.entries()) {
    // A list can be a moment old: what it lacks is asked for.
    const image = byId.get(row.id) ?? (await readImage(tools.hetzner, row.id));
    if (image) {
      const found = look({ row, image }, rows, running);
      if (found.change || found.labels !== 'ours') await settle(tools, job, { row, image }, found);
      if (found.change) rows[index] = { ...row, ...found.change };
      seen.push({ row: rows[index]!, image });
    } else rows[index] = await lose(tools, job, row);
  }
  return seen;
}

/** Those that may be there still. */
const readRows = template((db, { schedule, server }: Partial<Scope>) => {
  let query = db.selectFrom('images').selectAll().where('state', 'in', present);
  if (schedule !== undefined && server !== undefined) {
    query = query.where('schedule_id', '=', schedule).where('server_id', '=', server);
  }
  return query.orderBy('id');
});

const changing = template((db, { id, ...set }: Partial<ImageRow> & Pick<ImageRow, 'id'>) =>
  db.updateTable('images').set(set).where('id', '=', id),
);

async function runningRuns({ store }: Tools, rows: readonly ImageRow[]): Promise<ReadonlySet<string>> {
  const unfinished = rows.filter(({ state }) => state === 'creating').map(row => row.run_id);
  if (unfinished.length === 0) return new Set();
  const query = store.db.selectFrom('runs').select('id').where('id', 'in', unfinished).where('state', '=', 'running');
  return new Set((await query.execute()).map(({ id }) => id));
}

/** An image with our labels that the store does not know: of a request whose answer was lost, which may have landed late. */
async function takeIn(tools: Tools, job: Job, image: Image, rows: readonly ImageRow[]): Promise<ImageRow | undefined> {
  const { db } = tools.store;
  const id = image.labels[label.run] ?? '';
  const run = await db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .where('kind', '=', 'backup')
    .executeTakeFirst();
  // Of another installation, or labelled by hand: never ours.
  if (!run || compareLabels(image.labels, { ...run, run_id: run.id }) !== 'ours' || !isOf(image, run.server_id)) return;
  // Its own run will take it in.
  if (run.state === 'running' && !rows.some(row => row.run_id === run.id)) return;
  const now = tools.clock.now();
  const fresh = rowOf(run, image, now);
  const first = !rows.some(row => row.run_id === run.id && counts(row));
  const row = { ...fresh, state: stateOf(image, fresh, { first, runs: run.state === 'running' }) };
  const reason = first ? 'found at Hetzner: its request was carried out after all' : 'a second image for one due time';
  const action = first ? 'backup.adopt' : 'backup.duplicate';
  await write(
    tools,
    job,
    [entry(row, action, 'done', reason)],
    [
      { query: db.insertInto('images').values(row), changes: 'any' },
      ...(first && run.state !== 'running' ? [{ query: finishLate(tools, run, image) }] : []),
      told(tools, row, action, reason),
    ],
  );
  return row;
}

function finishLate({ store }: Tools, run: RunRow, image: Image) {
  const change = { state: 'done', image_id: image.id, reason: 'its image was found later' } as const;
  return store.db.updateTable('runs').set(change).where('id', '=', run.id).where('image_id', 'is', null);
}

/** What a look at an image finds: what is otherwise than its row says, and how its labels stand. */
interface Found {
  readonly change: Partial<ImageRow> | undefined;
  readonly labels: ReturnType<typeof compareLabels>;
}

function look({ row, image }: Seen, rows: readonly ImageRow[], running: ReadonlySet<string>): Found {
  const isOther = (other: ImageRow) => other.run_id === row.run_id && other.id !== row.id && counts(other);
  const first = row.state === 'duplicate' ? !rows.some(isOther) : true;
  const labels = compareLabels(image.labels, row);
  // Who takes the mark away, by hand or with all labels, wants it to stay: it is marked anew, with the whole grace.
  const unmarked = row.delete_after !== null && image.labels[label.deleteAfter] === undefined;
  const now = {
    state: stateOf(image, row, { first, runs: running.has(row.run_id) }),
    size: image.image_size ?? row.size,
    protected: Number(image.protection.delete),
    unmanaged: labels === 'other' ? 1 : row.unmanaged,
  };
  const isSame =
    !unmarked &&
    now.state === row.state &&
    now.size === row.size &&
    now.protected === row.protected &&
    now.unmanaged === row.unmanaged;
  const change = isSame ? undefined : { ...now, ...(unmarked && { delete_after: null, delete_reason: null }) };
  return { change, labels };
}

/** Writes down what a look has found, and puts labels back. */
async function settle(tools: Tools, job: Job, { row, image }: Seen, { change, labels }: Found): Promise<void> {
  const steps = change ? [{ query: changing(tools.store, { id: row.id, ...change, seen: tools.clock.now() }) }] : [];
  if (labels === 'other' && !row.unmanaged) {
    const reason = 'its labels were changed from outside: it is no longer managed';
    await write(
      tools,
      job,
      [entry(row, 'backup.unmanaged', 'done', reason)],
      [...steps, told(tools, row, 'backup.unmanaged', reason)],
    );
  } else if (steps.length > 0) await write(tools, job, [], steps);
  if (labels === 'wiped' && !row.unmanaged) await putBack(tools, job, { row: { ...row, ...change }, image });
}

async function putBack(tools: Tools, job: Job, { row, image }: Seen): Promise<void> {
  const reason = 'its labels were wiped from outside';
  const [of] = await write(
    tools,
    job,
    [entry(row, 'backup.label', 'begun', reason)],
    [told(tools, row, 'backup.labels-restored', reason)],
  );
  await job.renew();
  const mark = row.delete_after === null ? {} : { [label.deleteAfter]: writeStamp(row.delete_after) };
  const labels = { ...image.labels, ...labelsOf({ ...row, id: row.run_id }), ...mark };
  try {
    await tools.hetzner.send('PUT', `images/${row.id}`, { labels });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The next look finds it again.
    await write(tools, job, [{ ...entry(row, 'backup.label', 'failed', error.message), of }]);
    return;
  }
  await write(tools, job, [{ ...entry(row, 'backup.label', 'done'), of }]);
}

async function lose(tools: Tools, job: Job, row: ImageRow): Promise<ImageRow> {
  const now = tools.clock.now();
  // What was marked and due is taken for deleted by the job that was killed before it could say so.
  const expected = row.delete_after !== null && row.delete_after <= now;
  const state = expected ? ('deleted' as const) : ('gone' as const);
  const query = tools.store.db.updateTable('images').set({ state, seen: now }).where('id', '=', row.id);
  const reason = expected ? 'it was deleted' : 'it was deleted, and not by the daemon';
  // That an unfinished one is gone nobody has to hear twice.
  const steps = row.state === 'good' ? [told(tools, row, expected ? 'backup.deleted' : 'backup.gone', reason)] : [];
  await write(tools, job, [entry(row, 'backup.gone', 'done', reason)], [{ query }, ...steps]);
  return { ...row, state };
}

/** Writes as long as the job is held; throws `conflict` when it is not. The numbers of the entries. */
export async function write(
  tools: Tools,
  job: Pick<Job, 'held' | 'key'>,
  entries: readonly Entry[],
  steps: readonly Step[] = [],
): Promise<readonly number[]> {
  const all = [job.held(), ...steps];
  const done = entries.length > 0 ? await tools.audit.commit(entries, all) : await tools.store.commit(all);
  if (!done) throw new Failure('conflict', `job ${job.key} is no longer held`);
  return done;
}

/** An audit entry about an image. */
export function entry(row: ImageRow, action: string, result: Entry['result'], reason?: string): Entry {
  const target = { type: 'image', id: row.id, name: row.server_name };
  return { actor: `schedule ${row.schedule_name}`, action, target, result, ...(reason !== undefined && { reason }) };
}

/** The write that tells of something that happened to an image. */
export function told({ store, clock }: Tools, row: ImageRow, type: EventType, reason?: string): Step {
  return happened(store, clock.now(), type, {
    image: row.id,
    run: row.run_id,
    schedule: { id: row.schedule_id, name: row.schedule_name },
    server: { id: row.server_id, name: row.server_name },
    ...(reason !== undefined && { reason }),
  });
}

function counts({ state }: ImageRow): boolean {
  return state === 'creating' || state === 'good';
}
