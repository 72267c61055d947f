import type { Tools } from '../../tools.ts';
import { nextDue } from '../decide.ts';
import { advance, newRun } from '../new-run.ts';
import { keyOf } from '../run.ts';
import type { Schedule } from '../schedule.ts';

/** Begins the restore test that is due: of the newest good image of the server whose test is the longest ago, since each test costs the price of a server. */
export async function dueVerify(tools: Tools, schedule: Schedule, now: number): Promise<number> {
  const { store, queue } = tools;
  const { verifyCron, zone } = schedule.spec;
  if (verifyCron === undefined) return 0;
  const due = schedule.next_verify!;
  const set = { next_verify: nextDue(verifyCron, zone, now), last_verify: due };
  const image = now - due > schedule.spec.window ? undefined : await chooseImage(tools, schedule);
  if (!image) {
    const reason = 'there is no good image to restore, or the window was over';
    const target = { type: 'schedule', id: schedule.id, name: schedule.name };
    const entry = {
      actor: `schedule ${schedule.name}`,
      action: 'backup.verify',
      target,
      result: 'refused',
      reason,
    } as const;
    await tools.audit.commit([entry], [advance(tools, schedule, set)]);
    return 0;
  }
  const server = { id: image.server_id, name: image.server_name };
  const run = { ...newRun(tools, schedule, server, due, 'verify'), image_id: image.id };
  const job = queue.adding({ name: 'verify', payload: { run: run.id }, key: keyOf(run) });
  const done = await store.commit([
    advance(tools, schedule, set),
    { query: store.db.insertInto('runs').values(run), changes: 'any' },
    job,
  ]);
  return done ? 1 : 0;
}

async function chooseImage({ store }: Tools, schedule: Schedule) {
  const rows = await store.db
    .selectFrom('images')
    .selectAll()
    .where('schedule_id', '=', schedule.id)
    .where('state', '=', 'good')
    .orderBy('created', 'desc')
    .execute();
  const newest = new Map<number, (typeof rows)[number]>();
  const tested = new Map<number, number>();
  for (const row of rows) {
    if (!newest.has(row.server_id)) newest.set(row.server_id, row);
    tested.set(row.server_id, Math.max(tested.get(row.server_id) ?? 0, row.verified ?? 0));
  }
  const order = [...newest.keys()].sort((one, other) => tested.get(one)! - tested.get(other)! || one - other);
  return order.length > 0 ? newest.get(order[0]!) : undefined;
}
