import type { Method } from '../../../src/core/api.ts';
import { parseCron, periodOf } from '../../../src/core/backup/cron.ts';
import { retain } from '../../../src/core/backup/retention.ts';
import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import type { Image } from '../../../src/core/hetzner/types.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { template } from '../../../src/core/store/template.ts';
import type { Project } from './hetzner.ts';
import type { Wishes } from './people.ts';

/** What a rule is judged by: the project as it is, and what people want, none of it as the daemon believes it. */
export interface Truth {
  readonly store: Store;
  readonly project: Project;
  readonly wishes: Wishes;
  /** By the daemon's clock, milliseconds. */
  readonly now: () => number;
  /** When the clock was last turned, by itself then, undefined when it never was. */
  readonly turned: () => number | undefined;
}

const key = {
  schedule: 'cloudctl/schedule',
  run: 'cloudctl/run',
  server: 'cloudctl/server',
  after: 'cloudctl/delete-after',
};

/** Throws when a call would break a rule; called before each has its effect. */
export async function checkCall(truth: Truth, method: Method, path: string): Promise<void> {
  const [kind, id, , command] = path.split('/');
  if (method === 'DELETE' && kind === 'images') return checkDeletion(truth, Number(id));
  if (method === 'PUT' && kind === 'images') return checkOwn(truth, Number(id));
  if (method === 'DELETE' && kind === 'servers') {
    const labels = truth.project.servers.get(Number(id))?.labels;
    return must(labels === undefined || 'cloudctl/restore-test' in labels, `server ${id} is no restore test's`);
  }
  if (command === 'shutdown' || command === 'poweroff') return checkStop(truth, Number(id));
  if (command === 'create_image') await checkEntered(truth, 'backup.create', String(id));
}

async function checkDeletion(truth: Truth, id: number): Promise<void> {
  const { store, project, wishes, now } = truth;
  const image = project.images.get(id);
  // One that is gone cannot be lost.
  if (!image) return;
  const { labels } = image;
  const run = await runOf(truth, image);
  must(run !== undefined, `rule 4: image ${id} is of no run of the daemon`);
  must(labels[key.server] === String(image.created_from?.id), `rule 4: image ${id} is of another server`);
  must(!image.protection.delete, `rule 5: image ${id} is protected`);
  must(!wishes.held.has(id), `rule 5: image ${id} is held`);
  must(!wishes.frozen, 'deletions are frozen');
  await checkEntered(truth, 'backup.delete', String(id));
  const schedule = await store.db
    .selectFrom('schedules')
    .selectAll()
    .where('id', '=', Number(labels[key.schedule]))
    .executeTakeFirst();
  must(schedule !== undefined, `rule 7: the schedule of image ${id} is gone`);
  const row = await store.db.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirst();
  const spec = JSON.parse(schedule!.spec) as ScheduleSpec;
  const period = periodOf(parseCron(spec.cron, spec.zone), now());
  const turned = truth.turned();
  must(turned === undefined || now() - turned >= period, 'rule 15: the clock was turned less than a period ago');
  if (row?.released) return;
  must(schedule!.approval_since === null, 'rule 7: a change waits for approval');
  must(project.servers.has(run!.server_id), `rule 6: server ${run!.server_id} is gone`);
  // Everything that counts, by Hetzner alone.
  const own = await goodImages(truth, labels[key.schedule]!, labels[key.server]!);
  const newest = own.reduce((one, other) => (one.created > other.created ? one : other));
  must(newest.status === 'available', `rule 1: the newest image ${newest.id} is ${newest.status}`);
  const age = now() - Date.parse(newest.created);
  must(age < 1.5 * period, `rule 1: the newest image is ${age / 3_600_000} h old`);
  must(age > -1, 'rule 15: the clock stands before the newest image');
  const counted = own.filter(({ id, protection, held }) => !protection.delete && !held && !wishes.held.has(id));
  const good = counted.filter(({ status }) => status === 'available');
  must(good.length - 1 >= spec.minKeep, `rule 2: ${good.length} good images, ${spec.minKeep} have to stay`);
  const kept = retain(
    good.map(one => ({ id: one.id, created: Date.parse(one.created) })),
    spec.keep,
    spec.zone,
  );
  must(!kept.has(id), `rule 3: image ${id} is kept by ${kept.get(id)}`);
  if (spec.grace > 0) {
    must(labels[key.after] !== undefined, `rule 8: image ${id} was not marked`);
    must(row?.delete_after != null && row.delete_after <= now(), `rule 8: the grace of image ${id} is not over`);
  }
}

/** The images of a schedule and server that the daemon counts as good, and which of them a person holds. */
async function goodImages(truth: Truth, schedule: string, server: string): Promise<(Image & { held: boolean })[]> {
  const now = truth.now();
  const rows = await truth.store.db
    .selectFrom('images')
    .select(['id', 'hold_reason', 'hold_until'])
    .where('schedule_id', '=', Number(schedule))
    .where('server_id', '=', Number(server))
    .where('state', '=', 'good')
    .where('unmanaged', '=', 0)
    .where('released', '=', 0)
    .execute();
  return rows.flatMap(({ id, hold_reason, hold_until }) => {
    const image = truth.project.images.get(id);
    const held = hold_reason !== null && (hold_until === null || hold_until > now);
    return image ? [{ ...image, held }] : [];
  });
}

async function checkOwn(truth: Truth, id: number): Promise<void> {
  const row = await truth.store.db.selectFrom('images').select('id').where('id', '=', id).executeTakeFirst();
  must(row !== undefined, `rule 4: image ${id} is foreign and was changed`);
}

/** A server is stopped only when it is written down that it is started again. */
async function checkStop({ store }: Truth, server: number): Promise<void> {
  const jobs = await startingJobs(store, {}).rows();
  const isPromised = jobs.some(({ payload }) => (JSON.parse(payload) as { server: number }).server === server);
  must(isPromised, `rule 16: server ${server} is stopped and nothing starts it again`);
}

const startingJobs = template(db =>
  db.selectFrom('jobs').select('payload').where('name', '=', 'power-on').where('state', 'in', ['waiting', 'active']),
);

async function checkEntered({ store }: Truth, action: string, target: string): Promise<void> {
  const last = await lastEntry(store, { action, target }).first();
  must(last?.result === 'begun', `rule 20: ${action} of ${target} is not entered`);
}

const lastEntry = template((db, { action, target }: { readonly action: string; readonly target: string }) =>
  db
    .selectFrom('audit')
    .select('result')
    .where('action', '=', action)
    .where('target_id', '=', target)
    .orderBy('seq', 'desc')
    .limit(1),
);

async function runOf({ store }: Truth, { labels }: Image) {
  return store.db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', labels[key.run] ?? '')
    .where('schedule_id', '=', Number(labels[key.schedule] ?? 0))
    .where('server_id', '=', Number(labels[key.server] ?? 0))
    .executeTakeFirst();
}

/** Throws unless each due time has one good image at most: rule 11. */
export async function checkOnce(store: Store): Promise<void> {
  const twice = await goodTwice(store, {}).first();
  must(twice === undefined, `rule 11: run ${twice?.run_id} has ${twice?.count} good images`);
}

/** By the runs that have several images first, which the index alone tells. */
const goodTwice = template(db =>
  db
    .selectFrom('images')
    .select(['run_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where('run_id', 'in', ({ selectFrom }) =>
      selectFrom('images')
        .select('run_id')
        .groupBy('run_id')
        .having(({ fn }) => fn.countAll(), '>', 1),
    )
    .where('state', '=', 'good')
    .groupBy('run_id')
    .having(({ fn }) => fn.countAll(), '>', 1),
);

/** Throws when a server is off and nothing is there that will start it: rule 16. */
export async function checkPower({ store, project }: Truth): Promise<void> {
  for (const server of project.servers.values())
    if (server.status === 'off') await checkStop({ store } as Truth, server.id);
}

/** Throws when a run hangs, or a job is dead. */
export async function checkProgress({ store, now }: Truth): Promise<void> {
  const dead = await store.db.selectFrom('jobs').selectAll().where('state', '=', 'dead').executeTakeFirst();
  must(dead === undefined, `job ${dead?.unique_key} is dead: ${dead?.error_message}`);
  const open = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('state', 'in', ['waiting', 'running'])
    .where('due', '<', now() - 2 * 86_400_000)
    .executeTakeFirst();
  must(open === undefined, `run ${open?.id} of ${open?.server_name} hangs in ${open?.step}: ${open?.reason}`);
}

/** Throws an error that says which rule was broken. */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Broken(rule);
}

/** A rule was broken. */
export class Broken extends Error {}
