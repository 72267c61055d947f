import { randomBytes } from 'node:crypto';
import type { Compilable } from 'kysely';
import { endAll, untold } from '../../../core/checks/tell.ts';
import { Failure } from '../../../core/failure.ts';
import { happened } from '../../../core/store/happened.ts';
import type { Step } from '../../../core/store/store.ts';
import type { Request, Service } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { readMaintenances } from '../maintenances.ts';
import { beating } from '../push.ts';
import { newStatus, readRow, type Watch } from '../row.ts';
import { runCheck } from '../run.ts';
import { endingState, telling } from '../settle.ts';
import type { Sources } from '../sources.ts';
import { checkName, findCheck, hashToken, readSpec } from './read.ts';
import { showCheck, showHistory } from './show.ts';

/** What can be done with checks; requests are entered where they are served. */
export function checkService(tools: Tools, sources: Sources): Service {
  return {
    list: request => list(tools, request),
    describe: async ({ id }) => answer(tools, await findCheck(tools, id)),
    create: request => create(tools, sources, request),
    update: request => update(tools, sources, request),
    delete: request => remove(tools, request),
    pause: request => turn(tools, request, true),
    resume: request => turn(tools, request, false),
    async test({ id, signal }) {
      const { blame: _, ...result } = await runCheck(tools, sources, await findCheck(tools, id), signal);
      return { result };
    },
    push: request => push(tools, request),
  };
}

async function list({ store, clock }: Tools, { input }: Request): Promise<unknown[]> {
  const states = input.state as string[] | undefined;
  const types = input.type as string[] | undefined;
  const rows = (await store.db.selectFrom('checks').selectAll().orderBy('id').execute()).map(readRow);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const maintenances = await readMaintenances(store);
  return rows
    .filter(({ state, kind }) => (states?.includes(state) ?? true) && (types?.includes(kind) ?? true))
    .map(row => showCheck(row, names, maintenances, clock.now()));
}

async function create(tools: Tools, sources: Sources, { input }: Request): Promise<unknown> {
  const { store, clock } = tools;
  const name = checkName(String(input.name ?? ''), 'check');
  const { kind, row } = await readSpec(tools, sources, input);
  const now = clock.now();
  const token = kind === 'push' ? randomBytes(24).toString('base64url') : undefined;
  const query = store.db.insertInto('checks').values({
    ...{ name, kind, ...row, paused: Number(input.paused ?? false), next_due: now, claim: '', lease_until: 0 },
    ...{ state: 'new' as const, since: now, checked: null, status: JSON.stringify(newStatus(now)) },
    ...{ token: token === undefined ? null : hashToken(token), beat: null, created: now, updated: now },
  });
  if (!(await store.commit([{ query, changes: 1 }, changed(tools, name)]))) {
    throw new Failure('refused', `a check has the name '${name}' already`, { apiCode: 'uniqueness_error' });
  }
  const made = await store.db.selectFrom('checks').select('id').where('name', '=', name).executeTakeFirstOrThrow();
  const shown = await answer(tools, await findCheck(tools, made.id));
  return token === undefined ? shown : { ...shown, push_path: `/push/${token}` };
}

/** What is running is given up: its result would be one of the check that was. */
async function update(tools: Tools, sources: Sources, request: Request): Promise<unknown> {
  const watch = await findCheck(tools, request.id);
  const { row } = await readSpec(tools, sources, request.input, watch);
  const now = tools.clock.now();
  const set = { ...row, next_due: now, claim: '', lease_until: 0, updated: now };
  const query = tools.store.db.updateTable('checks').set(set).where('id', '=', watch.id);
  await write(tools, watch, query.where('updated', '=', watch.updated));
  return answer(tools, await findCheck(tools, watch.id));
}

async function turn(tools: Tools, { id }: Request, paused: boolean): Promise<unknown> {
  await patiently(async () => {
    const watch = await findCheck(tools, id);
    if ((watch.paused === 1) === paused) return;
    const now = tools.clock.now();
    const set = { paused: Number(paused), next_due: now, claim: '', lease_until: 0, updated: now };
    // What is not watched is in no state, and nobody goes on being told of it.
    const fresh = { state: 'new' as const, since: now, status: JSON.stringify({ ...watch.status, ...begun(now) }) };
    const query = asRead(tools.store.db.updateTable('checks').set(paused ? { ...set, ...fresh } : set), watch);
    await write(tools, watch, query, paused ? ending(tools, watch, 'it is paused') : []);
  });
  return answer(tools, await findCheck(tools, id));
}

function begun(now: number) {
  const { watched } = newStatus(now);
  return { watched, told: untold };
}

async function remove(tools: Tools, { id }: Request): Promise<void> {
  const { db } = tools.store;
  await patiently(async () => {
    const watch = await findCheck(tools, id);
    await write(tools, watch, asRead(db.deleteFrom('checks'), watch), [
      ...ending(tools, watch, 'it was deleted'),
      { query: db.deleteFrom('states').where('check_id', '=', watch.id) },
      { query: db.updateTable('checks').set({ parent_id: null }).where('parent_id', '=', watch.id) },
    ]);
  });
}

async function push(tools: Tools, { id, input }: Request): Promise<unknown> {
  const watch = await findCheck(tools, id);
  if (watch.kind !== 'push') {
    throw new Failure('refused', `check ${watch.name} is of type ${watch.kind}: only push checks take signs of life`);
  }
  const message = input.message === undefined ? undefined : String(input.message);
  const beat = { at: tools.clock.now(), ok: input.failed !== true, message };
  await tools.store.commit([beating(tools.store, beat, { id: watch.id })]);
  return answer(tools, await findCheck(tools, watch.id));
}

/** The writes that end the check's state and what is told of it. */
function ending({ store, clock }: Tools, watch: Watch, reason: string): Step[] {
  const now = clock.now();
  const told = endAll(watch.status.told).map(tiding => telling(store, watch, tiding, reason, now));
  return [endingState(store, watch.id, now), ...told];
}

/** Narrows a write to the check as it was read: no result and no request came in between. */
function asRead<Q extends { where(column: 'id' | 'updated' | 'status', is: '=', value: number | string): Q }>(
  query: Q,
  { id, updated, status }: Watch,
): Q {
  return query.where('id', '=', id).where('updated', '=', updated).where('status', '=', JSON.stringify(status));
}

/** Writes, and tells of it; throws `conflict` when the check is not as it was read. */
async function write(tools: Tools, { name }: Watch, query: Compilable, more: readonly Step[] = []): Promise<void> {
  if (await tools.store.commit([{ query, changes: 1 }, ...more, changed(tools, name)])) return;
  throw new Failure('conflict', `check ${name} was changed meanwhile`, { hint: 'Try again' });
}

/** Tries again when a result came in between, which may be so once or twice. */
async function patiently(deed: () => Promise<void>): Promise<void> {
  for (let tries = 4; ; tries -= 1) {
    try {
      return await deed();
    } catch (error) {
      if (tries === 0 || !(error instanceof Failure) || error.code !== 'conflict') throw error;
    }
  }
}

function changed({ store, clock }: Tools, name: string): Step {
  return happened(store, clock.now(), 'check.changed', { name });
}

async function answer({ store, clock }: Tools, watch: Watch): Promise<Record<string, unknown>> {
  const rows = await store.db.selectFrom('checks').select(['id', 'name']).execute();
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const maintenances = await readMaintenances(store);
  const shown = showCheck(watch, names, maintenances, clock.now());
  return { check: { ...shown, ...(await showHistory(store, watch)) } };
}
