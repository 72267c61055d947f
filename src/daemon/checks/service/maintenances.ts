import { parseCron } from '../../../core/backup/cron.ts';
import { duration, text } from '../../../core/backup/spec-values.ts';
import { nextWindow } from '../../../core/checks/maintenance.ts';
import { Failure } from '../../../core/failure.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import type { Tools } from '../../tools.ts';
import { type Maintenance, type MaintenanceSpec, readMaintenances, timesOf } from '../maintenances.ts';
import { checkName } from './read.ts';

const minute = 60_000;
const day = 1440 * minute;

/** What can be done with maintenances; requests are entered where they are served. */
export function maintenanceService(tools: Tools): Service {
  const { store, clock } = tools;
  const shown = async () => {
    const rows = await store.db.selectFrom('checks').select(['id', 'name']).execute();
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return (await readMaintenances(store))
      .filter(({ ended }) => ended === null)
      .map(one => show(one, names, clock.now()));
  };
  const byId = async (id: number | undefined) => {
    const found = (await shown()).find(one => one.id === id);
    if (found) return found;
    throw new Failure('not_found', `maintenance not found: ${id}`, { hint: 'cloudctl maintenance list' });
  };
  return {
    list: shown,
    describe: async ({ id }) => ({ maintenance: await byId(id) }),
    async create(request) {
      const name = checkName(String(request.input.name ?? ''), 'maintenance');
      const spec = await readSpec(tools, request.input);
      const row = { name, spec: JSON.stringify(spec), created: clock.now(), ended: null };
      const { insertId } = await store.db.insertInto('maintenances').values(row).executeTakeFirstOrThrow();
      return { maintenance: await byId(Number(insertId)) };
    },
    async delete({ id }) {
      await byId(id);
      await store.commit([
        { query: store.db.updateTable('maintenances').set({ ended: clock.now() }).where('id', '=', id!) },
      ]);
    },
  };
}

async function readSpec(tools: Tools, input: Request['input']): Promise<MaintenanceSpec> {
  const checks = await readChecks(tools, (input.check as string[] | undefined) ?? []);
  const labels = (input.label as Record<string, string> | undefined) ?? {};
  const reason = input.reason === undefined ? {} : { reason: text('reason', input.reason, 500) };
  const zone = String(input.zone ?? 'UTC');
  const shared = { checks, labels, zone, ...reason };
  if (input.cron !== undefined) {
    if (input.start !== undefined || input.end !== undefined)
      throw bad('cron: has no start and no end: give a duration');
    const cron = parseCron(text('cron', input.cron, 200), zone);
    const length = duration('duration', input.duration ?? 0, minute, 31 * day);
    return { ...shared, zone: cron.zone.name, cron: cron.text, duration: length };
  }
  if (input.zone !== undefined) throw bad('zone: is that of a cron line; start and end have theirs in them');
  const start = input.start === undefined ? tools.clock.now() : Date.parse(String(input.start));
  if ((input.end === undefined) === (input.duration === undefined)) throw bad('end: give either that or a duration');
  const length = input.duration === undefined ? undefined : duration('duration', input.duration, minute, 366 * day);
  const end = length === undefined ? Date.parse(String(input.end)) : start + length;
  if (end <= start) throw bad('end: is not after the start');
  return { ...shared, start, end };
}

async function readChecks({ store }: Tools, wanted: readonly string[]): Promise<number[]> {
  if (wanted.length === 0) return [];
  const rows = await store.db.selectFrom('checks').select(['id', 'name']).execute();
  return wanted.map(ref => {
    const found = rows.find(({ name }) => name === ref) ?? rows.find(({ id }) => String(id) === ref);
    if (found) return found.id;
    throw bad(`check: there is no check ${ref}`, 'cloudctl check list');
  });
}

function show({ id, name, spec, created }: Maintenance, names: ReadonlyMap<number, string>, now: number) {
  const window = nextWindow(timesOf(spec), now);
  return {
    ...{ id, name, checks: spec.checks.flatMap(one => names.get(one) ?? []), labels: spec.labels },
    state: window === undefined ? 'over' : window.from <= now ? 'active' : 'planned',
    ...{ next_start: timeOf(window?.from), next_end: timeOf(window?.to) },
    ...{ cron: spec.cron ?? null, duration: spec.cron === undefined ? null : (spec.duration ?? null), zone: spec.zone },
    ...{ reason: spec.reason ?? null, created: timeOf(created) },
  };
}

function bad(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}
