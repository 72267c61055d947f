import type { Choice } from '../../../core/backup/choose.ts';
import { checkSpec, type SpecInput } from '../../../core/backup/spec.ts';
import type { ScheduleSpec } from '../../../core/backup/types.ts';
import { Failure } from '../../../core/failure.ts';
import type { Server } from '../../../core/hetzner/types.ts';
import { happened } from '../../../core/store/happened.ts';
import type { Step } from '../../../core/store/store.ts';
import type { Request, Service } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { nextDue } from '../decide.ts';
import { whatWaits } from '../plan.ts';
import { readSchedule, readSchedules, type Schedule } from '../schedule.ts';
import { noticeShared, readServers, type Servers } from '../servers.ts';
import { isSilence } from '../trouble.ts';
import { change, entryBy, refuse } from './common.ts';
import { runNow } from './run-now.ts';
import { describeSchedule, showPlan } from './show.ts';
import { checkHooks, nameFlags, specOf } from './spec.ts';

/** What can be done with schedules. */
export function scheduleService(tools: Tools): Service {
  return {
    list: async () => Promise.all((await readSchedules(tools.store)).map(one => describeSchedule(tools, one))),
    describe: async request => answer(tools, await find(tools, request)),
    create: request => create(tools, request),
    update: request => update(tools, request),
    delete: request => remove(tools, request),
    pause: request => turn(tools, request, true),
    resume: request => turn(tools, request, false),
    plan: async request => ({ plan: await showPlan(tools, await find(tools, request)) }),
    run: async request => {
      const schedule = await find(tools, request);
      await runNow(tools, request, schedule);
      return answer(tools, schedule);
    },
    approve: request => approve(tools, request),
  };
}

async function create(tools: Tools, request: Request): Promise<unknown> {
  const { store, clock } = tools;
  const name = String(request.input.name ?? '');
  const entry = entryBy(request, 'schedule.create', { type: 'schedule', id: name, name });
  const spec = await checked(tools, entry, specOf(request.input));
  const servers = readServers(tools);
  const choice = await checkServers(tools, entry, servers, spec);
  const now = clock.now();
  const row = {
    ...{ name, spec: JSON.stringify(spec), version: 1, paused: 0, ...duesOf(spec, now) },
    ...{ last_due: null, last_verify: null, approval_since: null, created: now, updated: now },
  };
  const query = store.db.insertInto('schedules').values(row);
  const taken = await store.db.selectFrom('schedules').select('id').where('name', '=', name).executeTakeFirst();
  const steps = [{ query, changes: 1 }, changed(tools, name)];
  if (taken || !(await tools.audit.commit([{ ...entry, difference: { spec } }], steps))) {
    await refuse(tools, entry, new Failure('refused', `a schedule has the name '${name}' already`));
  }
  const made = await store.db.selectFrom('schedules').select('id').where('name', '=', name).executeTakeFirstOrThrow();
  // It is made: that Hetzner does not answer any more must not say otherwise.
  const shared = choice ? await noticeShared(tools, servers, made, choice.servers).catch(() => []) : [];
  const silent = 'Hetzner does not answer: whether the servers are there shows when it is due';
  const notices = choice ? [...choice.notices, ...shared].map(({ message }) => message) : [silent];
  return { ...(await answer(tools, await byId(tools, made.id))), notices };
}

async function update(tools: Tools, request: Request): Promise<unknown> {
  const { clock } = tools;
  const schedule = await find(tools, request);
  const entry = entryBy(request, 'schedule.update', target(schedule));
  const spec = await checked(tools, entry, specOf(request.input, schedule.spec));
  await checkServers(tools, entry, readServers(tools), spec, schedule);
  const now = clock.now();
  // What would go only because of this change waits until a person has seen it.
  const waits = await whatWaits(tools, schedule, spec);
  const isMoved = spec.cron !== schedule.spec.cron || spec.zone !== schedule.spec.zone;
  const isTestMoved = isMoved || spec.verifyCron !== schedule.spec.verifyCron;
  const dues = duesOf(spec, now);
  const set = {
    spec: JSON.stringify(spec),
    version: schedule.version + 1,
    updated: now,
    ...(isMoved && !schedule.paused && { next_due: dues.next_due }),
    ...(isTestMoved && !schedule.paused && { next_verify: dues.next_verify }),
    ...(waits !== undefined && { approval_since: schedule.approval_since ?? now }),
  };
  const difference = { before: schedule.spec, after: spec };
  await change(tools, { ...entry, difference, reason: waits }, [
    write(tools, schedule, set),
    changed(tools, schedule.name),
  ]);
  return answer(tools, await byId(tools, schedule.id));
}

async function remove(tools: Tools, request: Request): Promise<unknown> {
  const { db } = tools.store;
  const schedule = await find(tools, request);
  const images = db.updateTable('images').set({ unmanaged: 1 }).where('schedule_id', '=', schedule.id);
  const gone = db.deleteFrom('schedules').where('id', '=', schedule.id).where('version', '=', schedule.version);
  const reason = 'its images stay and are managed no longer';
  await change(tools, entryBy(request, 'schedule.delete', target(schedule), { reason }), [
    { query: gone, changes: 1 },
    { query: images },
    changed(tools, schedule.name),
  ]);
  return {};
}

async function turn(tools: Tools, request: Request, paused: boolean): Promise<unknown> {
  const schedule = await find(tools, request);
  if (Boolean(schedule.paused) === paused) return answer(tools, schedule);
  const dues = paused ? { next_due: null, next_verify: null } : duesOf(schedule.spec, tools.clock.now());
  const set = { paused: Number(paused), version: schedule.version + 1, updated: tools.clock.now(), ...dues };
  const action = paused ? 'schedule.pause' : 'schedule.resume';
  await change(tools, entryBy(request, action, target(schedule)), [
    write(tools, schedule, set),
    changed(tools, schedule.name),
  ]);
  return answer(tools, await byId(tools, schedule.id));
}

async function approve(tools: Tools, request: Request): Promise<unknown> {
  const schedule = await find(tools, request);
  const set = { approval_since: null, version: schedule.version + 1, updated: tools.clock.now() };
  const steps = [write(tools, schedule, set), changed(tools, schedule.name)];
  await change(tools, entryBy(request, 'schedule.approve', target(schedule)), steps);
  return answer(tools, await byId(tools, schedule.id));
}

async function checked(tools: Tools, entry: Parameters<typeof refuse>[1], input: SpecInput): Promise<ScheduleSpec> {
  try {
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,62}$/u.test(entry.target.name ?? '')) {
      throw new Failure('usage', `'${entry.target.name?.slice(0, 100)}' is no name for a schedule`, {
        hint: 'Letters, digits and . _ - with a letter or a digit first, 63 characters at most',
      });
    }
    const spec = checkSpec(input, tools.clock.now());
    checkHooks(spec, tools.settings);
    return spec;
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'unexpected') throw error;
    return refuse(tools, entry, nameFlags(error));
  }
}

/** The servers that are meant, undefined while Hetzner does not answer. Names that mean none are a mistake, unless the schedule had them before: they may be gone since. */
async function checkServers(
  tools: Tools,
  entry: Parameters<typeof refuse>[1],
  servers: Servers,
  spec: ScheduleSpec,
  before?: Schedule,
): Promise<Choice<Server> | undefined> {
  const old = new Set([...(before?.spec.servers ?? []), ...(before?.spec.exclude ?? [])]);
  const isNew = (word: string) => !old.has(word);
  const given = { ...spec, servers: spec.servers.filter(isNew), exclude: spec.exclude.filter(isNew) };
  const choice = await servers.choose(given).catch(error => {
    if (!isSilence(error)) throw error;
    tools.log.warn('servers could not be looked up', { reason: error.message });
    return undefined;
  });
  const unknown = choice?.notices.find(({ kind }) => kind === 'unknown' || kind === 'unknown-exclusion');
  if (unknown) return refuse(tools, entry, new Failure('usage', unknown.message, { hint: 'cloudctl server list' }));
  return choice;
}

function duesOf({ cron, zone, verifyCron }: ScheduleSpec, now: number) {
  return {
    next_due: nextDue(cron, zone, now),
    next_verify: verifyCron === undefined ? null : nextDue(verifyCron, zone, now),
  };
}

function write({ store }: Tools, { id, version }: Schedule, set: object): Step {
  const query = store.db.updateTable('schedules').set(set).where('id', '=', id).where('version', '=', version);
  return { query, changes: 1 };
}

function changed({ store, clock }: Tools, name: string): Step {
  return happened(store, clock.now(), 'schedule.changed', { name });
}

function target({ id, name }: Schedule) {
  return { type: 'schedule', id, name };
}

async function find(tools: Tools, { id }: Request): Promise<Schedule> {
  return byId(tools, id ?? 0);
}

async function byId(tools: Tools, id: number): Promise<Schedule> {
  const schedule = await readSchedule(tools.store, id);
  if (schedule) return schedule;
  throw new Failure('not_found', `schedule not found: ${id}`, { hint: 'cloudctl schedule list' });
}

async function answer(tools: Tools, schedule: Schedule): Promise<{ schedule: unknown }> {
  return { schedule: await describeSchedule(tools, schedule) };
}
