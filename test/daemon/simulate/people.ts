import { Failure } from '../../../src/core/failure.ts';
import type { Request, Service } from '../../../src/daemon/api/service.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { freeze, unfreeze } from '../../../src/daemon/frozen.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import type { Tools } from '../../../src/daemon/tools.ts';
import type { Project } from './hetzner.ts';
import type { Chance } from './random.ts';

/** What people have done, as the checks have to know it independently of the daemon. */
export interface Wishes {
  readonly held: Set<number>;
  frozen: boolean;
}

/** Something that a person may do on a day. */
type Deed = (people: People) => Promise<void>;

/** What people act with. */
export interface People {
  readonly chance: Chance;
  readonly project: Project;
  /** As the daemon's API has it. */
  readonly tools: Tools;
  readonly wishes: Wishes;
}

const caller = { ...hostAdmin('somebody'), requestId: 'by-hand', address: 'socket' };

/** Does something, so often as its share of all says. */
export async function actByHand(people: People): Promise<string> {
  const total = Object.values(deeds).reduce((sum, [share]) => sum + share, 0);
  let left = people.chance.next() * total;
  for (const [name, [share, deed]] of Object.entries(deeds)) {
    left -= share;
    if (left > 0) continue;
    await deed(people);
    return name;
  }
  return 'nothing';
}

const deeds: Readonly<Record<string, readonly [number, Deed]>> = {
  hold: [
    4,
    async people => {
      const id = await anyImage(people);
      if (id === undefined) return;
      people.wishes.held.add(id);
      const until = people.chance.is(0.5) ? {} : { until: later(people, 20) };
      // One with an end is held by the daemon only so long.
      if ('until' in until) people.wishes.held.delete(id);
      await ask(backupService(people.tools), 'hold', { id, input: { reason: 'a whim', ...until } });
    },
  ],
  release: [
    4,
    async people => {
      const id = [...people.wishes.held][0] ?? (await anyImage(people));
      if (id === undefined) return;
      people.wishes.held.delete(id);
      await ask(backupService(people.tools), 'release', { id });
    },
  ],
  undelete: [
    1,
    async people => {
      const row = await people.tools.store.db
        .selectFrom('images')
        .select('id')
        .where('delete_after', 'is not', null)
        .where('state', '=', 'good')
        .executeTakeFirst();
      if (row) await ask(backupService(people.tools), 'undelete', { id: row.id });
    },
  ],
  protect: [
    3,
    async people => {
      const image = people.project.images.get((await anyImage(people)) ?? 0);
      if (image) image.protection = { delete: !image.protection.delete };
    },
  ],
  deleteImage: [
    3,
    async people => {
      people.project.images.delete((await anyImage(people)) ?? 0);
    },
  ],
  wipeLabels: [
    3,
    async people => {
      const image = people.project.images.get((await anyImage(people)) ?? 0);
      if (image) image.labels = people.chance.is(0.7) ? {} : { ...image.labels, 'cloudctl/server': '1' };
    },
  ],
  renameServer: [
    1,
    async people => {
      const server = people.chance.pick([...people.project.servers.values()]);
      server.name = `${server.name.split('.')[0]}.${people.chance.between(1, 99)}`;
    },
  ],
  deleteServer: [
    0.3,
    async people => {
      const server = people.chance.pick([...people.project.servers.values()]);
      if (people.project.servers.size > 12 && !server.locked) people.project.servers.delete(server.id);
    },
  ],
  addServer: [
    0.5,
    async people => {
      people.project.addServer(`new-${people.chance.between(1, 9999)}`, { env: people.chance.pick(['prod', 'test']) });
    },
  ],
  edit: [
    2,
    async people => {
      const id = await anySchedule(people);
      const input = people.chance.pick([
        { 'keep-last': people.chance.between(1, 6) },
        { 'keep-daily': people.chance.between(1, 9) },
        { 'keep-weekly': people.chance.between(0, 5) },
        { 'min-keep': people.chance.between(1, 3) },
        { grace: people.chance.between(0, 72) * 3_600_000 },
        { shutdown: people.chance.is(0.5) },
      ]);
      if (id !== undefined) await ask(scheduleService(people.tools), 'update', { id, input });
    },
  ],
  approve: [
    2,
    async people => {
      const id = await anySchedule(people);
      if (id !== undefined) await ask(scheduleService(people.tools), 'approve', { id });
    },
  ],
  pause: [
    0.5,
    async people => {
      const id = await anySchedule(people);
      if (id !== undefined) await ask(scheduleService(people.tools), 'pause', { id });
    },
  ],
  resume: [1, resumeAll],
  run: [
    0.7,
    async people => {
      const id = await anySchedule(people);
      if (id !== undefined) await ask(scheduleService(people.tools), 'run', { id });
    },
  ],
  verify: [
    1,
    async people => {
      const id = await anyImage(people);
      if (id !== undefined) await ask(backupService(people.tools), 'verify', { id });
    },
  ],
  freeze: [
    0.5,
    async people => {
      people.wishes.frozen = true;
      await freeze(people.tools, 'ada');
    },
  ],
  unfreeze: [1, thaw],
};

/** Ends a freeze. */
export async function thaw(people: People): Promise<void> {
  people.wishes.frozen = false;
  await unfreeze(people.tools, 'ada');
}

/** Has every schedule go on, and every change approved. */
export async function resumeAll(people: People): Promise<void> {
  const rows = await people.tools.store.db.selectFrom('schedules').selectAll().execute();
  for (const { id, paused } of rows) if (paused) await ask(scheduleService(people.tools), 'resume', { id });
}

async function ask(service: Service, verb: string, request: Partial<Request>): Promise<void> {
  try {
    await service[verb]!(requestOf(request));
  } catch (error) {
    // Turned down, as a person may be.
    if (!(error instanceof Failure) || error.code === 'unexpected') throw error;
  }
}

function requestOf(request: Partial<Request>): Request {
  return { caller, input: {}, query: {}, signal: new AbortController().signal, ...request };
}

function later({ chance, tools }: People, days: number): string {
  return new Date(tools.clock.now() + chance.between(1, days) * 86_400_000).toISOString();
}

async function anyImage({ chance, tools }: People): Promise<number | undefined> {
  const rows = await tools.store.db.selectFrom('images').select('id').where('state', '=', 'good').execute();
  return rows.length > 0 ? chance.pick(rows).id : undefined;
}

async function anySchedule({ chance, tools }: People): Promise<number | undefined> {
  const rows = await tools.store.db.selectFrom('schedules').select('id').execute();
  return rows.length > 0 ? chance.pick(rows).id : undefined;
}
