import { Failure } from '../../../core/failure.ts';
import type { ImageRow } from '../../../core/store/tables.ts';
import type { Request, Service } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { isHeld, isPresent } from '../images.ts';
import { label } from '../labels.ts';
import { readImage, readServer } from '../look.ts';
import { newRun } from '../new-run.ts';
import { keyOf } from '../run.ts';
import { readSchedule } from '../schedule.ts';
import { isSilence } from '../trouble.ts';
import { change, entryBy, refuse, timeOf } from './common.ts';
import { restore } from './restore.ts';

/** What can be done with the images that schedules have made. */
export function backupService(tools: Tools): Service {
  return {
    list: request => list(tools, request),
    describe: async request => ({ backup: show(await findImage(tools, request), tools.clock.now()) }),
    hold: request => hold(tools, request),
    release: request => release(tools, request),
    undelete: request => undelete(tools, request),
    verify: request => verifyNow(tools, request),
    restore: async request => {
      const row = await findImage(tools, request);
      return { backup: show(row, tools.clock.now()), ...(await restore(tools, request, row)) };
    },
  };
}

/** The image of a request; throws `not_found`. */
export async function findImage({ store }: Tools, { id = 0 }: Request): Promise<ImageRow> {
  const row = await store.db.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `backup not found: ${id}`, { hint: 'cloudctl backup list' });
}

async function list({ store, clock }: Tools, { query, input }: Request): Promise<unknown[]> {
  const wanted = { ...query, ...input } as Readonly<Record<string, unknown>>;
  const { server, schedule } = wanted;
  const states = [wanted.state ?? []].flat().flatMap(state => String(state).split(','));
  const rows = await store.db
    .selectFrom('images')
    .selectAll()
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const means = (ref: unknown, id: number, name: string) => ref === undefined || ref === name || ref === String(id);
  return rows
    .filter(row => (states.length > 0 ? states.includes(row.state) : isPresent(row)))
    .filter(row => means(server, row.server_id, row.server_name))
    .filter(row => means(schedule, row.schedule_id, row.schedule_name))
    .map(row => show(row, clock.now()));
}

async function hold(tools: Tools, request: Request): Promise<unknown> {
  const row = await findImage(tools, request);
  const { reason, until } = request.input as { readonly reason?: string; readonly until?: string };
  const entry = entryBy(request, 'backup.hold', target(row), { reason, difference: { until: until ?? null } });
  if (!reason?.trim()) await refuse(tools, entry, new Failure('usage', 'a hold needs a reason'));
  const end = until === undefined ? null : Date.parse(until);
  if (end !== null && !(end > tools.clock.now())) {
    await refuse(tools, entry, new Failure('usage', `'${until}' is not a time to come`));
  }
  if (!isPresent(row)) await refuse(tools, entry, new Failure('refused', `image ${row.id} is ${row.state}`));
  await requireImage(tools, entry, row);
  return set(tools, row, { hold_reason: reason, hold_until: end }, entry);
}

/** Refuses what is asked of an image that somebody has deleted at Hetzner meanwhile; while that does not answer the store is believed. */
async function requireImage(tools: Tools, entry: Parameters<typeof refuse>[1], row: ImageRow): Promise<void> {
  try {
    if (await readImage(tools.hetzner, row.id)) return;
  } catch (error) {
    if (!isSilence(error)) throw error;
    return;
  }
  await refuse(tools, entry, new Failure('not_found', `image ${row.id} is gone: somebody has deleted it at Hetzner`));
}

async function release(tools: Tools, request: Request): Promise<unknown> {
  const { store, queue } = tools;
  const row = await findImage(tools, request);
  const entry = entryBy(request, 'backup.release', target(row));
  if (isHeld(row, tools.clock.now())) return set(tools, row, { hold_reason: null, hold_until: null }, entry);
  const schedule = await readSchedule(store, row.schedule_id);
  const image = { type: 'image', command: `cloudctl image delete ${row.id}` };
  if (!schedule || row.unmanaged) {
    await refuse(
      tools,
      entry,
      new Failure('refused', 'its schedule is gone: it is deleted by hand', { hint: image.command }),
    );
  }
  if (await readServer(tools.hetzner, row.server_id)) {
    await refuse(tools, entry, new Failure('refused', `nobody holds image ${row.id}, and its server is there`));
  }
  // Its server makes no image any more that a pruning would follow.
  const payload = { schedule: row.schedule_id, server: row.server_id };
  const prune = queue.adding({ name: 'prune', payload, key: `prune/released/${row.id}/${request.caller.requestId}` });
  return set(tools, row, { released: 1 }, { ...entry, reason: 'its server is gone: it may go' }, [prune]);
}

async function undelete(tools: Tools, request: Request): Promise<unknown> {
  const row = await findImage(tools, request);
  const entry = entryBy(request, 'backup.undelete', target(row));
  if (!isPresent(row)) await refuse(tools, entry, new Failure('refused', `image ${row.id} is ${row.state}`));
  if (row.delete_after === null) await refuse(tools, entry, new Failure('refused', `image ${row.id} is not marked`));
  // Without a hold the rules would let it go again at once.
  const hold_reason = row.hold_reason ?? `undeleted by ${request.caller.name}`;
  const after = { delete_after: null, delete_reason: null, released: 0, hold_reason, hold_until: null };
  const answer = await set(tools, row, after, { ...entry, reason: 'it is held from now on' });
  await unlabel(tools, row).catch(error => {
    // The row is what counts; the label goes with the next look.
    tools.log.warn('label could not be taken away', { image: row.id, reason: (error as Error).message });
  });
  return answer;
}

async function unlabel({ hetzner }: Tools, row: ImageRow): Promise<void> {
  const image = await readImage(hetzner, row.id);
  if (!image) return;
  const { [label.deleteAfter]: _, ...labels } = image.labels;
  await hetzner.send('PUT', `images/${row.id}`, { labels });
}

async function verifyNow(tools: Tools, request: Request): Promise<unknown> {
  const { store, queue, clock } = tools;
  const row = await findImage(tools, request);
  const entry = entryBy(request, 'backup.verify', target(row), { result: 'begun' });
  if (row.state !== 'good') await refuse(tools, entry, new Failure('refused', `image ${row.id} is ${row.state}`));
  await requireImage(tools, entry, row);
  const schedule = await readSchedule(store, row.schedule_id);
  if (!schedule) return refuse(tools, entry, new Failure('refused', 'its schedule is gone'));
  const server = { id: row.server_id, name: row.server_name };
  const run = { ...newRun(tools, schedule, server, clock.now(), 'verify'), image_id: row.id };
  await change(tools, entry, [
    { query: store.db.insertInto('runs').values(run), changes: 1 },
    queue.adding({ name: 'verify', payload: { run: run.id }, key: keyOf(run) }),
  ]);
  return { backup: show(row, clock.now()) };
}

async function set(
  tools: Tools,
  row: ImageRow,
  after: Partial<ImageRow>,
  entry: Parameters<typeof change>[1],
  more: Parameters<typeof change>[2] = [],
): Promise<unknown> {
  const query = tools.store.db.updateTable('images').set(after).where('id', '=', row.id).where('state', '=', row.state);
  await change(tools, entry, [{ query, changes: 1 }, ...more]);
  return { backup: show({ ...row, ...after }, tools.clock.now()) };
}

function target(row: ImageRow) {
  return { type: 'image', id: row.id, name: row.server_name };
}

function show(row: ImageRow, now: number): Record<string, unknown> {
  const { id, server_id, server_name, schedule_id, schedule_name, run_id, state, size } = row;
  return {
    ...{ id, name: `${schedule_name} ${server_name} ${timeOf(row.created)?.slice(0, 16)}Z` },
    ...{ server_id, server_name, schedule_id, schedule_name, run_id, state, size },
    ...{ protected: row.protected === 1, hold_reason: isHeld(row, now) ? row.hold_reason : null },
    ...{ hold_until: timeOf(row.hold_until), delete_after: timeOf(row.delete_after), delete_reason: row.delete_reason },
    ...{ verified: timeOf(row.verified), unmanaged: row.unmanaged === 1, released: row.released === 1 },
    created: timeOf(row.created),
  };
}
