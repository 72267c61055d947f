import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import type { Request, Service } from '../../../src/daemon/api/service.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { freeze, unfreeze } from '../../../src/daemon/frozen.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import { type Bench, day, hour, openBench } from './bench.ts';

const caller = { ...hostAdmin('anna@example.com'), requestId: 'r-1', address: 'socket' };
const nightly = { name: 'nightly', server: ['web-1'], cron: '0 3 * * *', zone: 'Europe/Berlin', 'keep-last': 3 };

type Row = Readonly<Record<string, unknown>>;

interface Desk {
  readonly bench: Bench;
  schedule(verb: string, input?: object, id?: number): Promise<Row>;
  backup(verb: string, input?: object, id?: number): Promise<Row>;
  list(service: 'schedule' | 'backup', query?: Request['query']): Promise<Row[]>;
}

async function open(parts: Parameters<typeof openBench>[0] = {}): Promise<Desk> {
  const bench = await openBench(parts);
  const request = (id: number | undefined, input: object): Request => ({
    ...{ caller, id, input: input as Row, query: {}, signal: new AbortController().signal },
  });
  const services = { schedule: scheduleService, backup: backupService };
  const service = (name: keyof typeof services): Service => services[name](bench.daemon.tools);
  return {
    bench,
    schedule: async (verb, input = {}, id = 1) =>
      ((await service('schedule')[verb]!(request(id, input))) as { schedule: Row }).schedule,
    backup: async (verb, input = {}, id = [...bench.project.images.keys()][0]) =>
      (await service('backup')[verb]!(request(id, input))) as Row,
    list: async (name, query = {}) => (await service(name).list!({ ...request(undefined, {}), query })) as Row[],
  };
}

const lastEntry = async ({ store }: Bench) =>
  store.db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst();

describe('schedules', () => {
  it('are created with what was asked for and shown so, and the entry says who did it', async () => {
    const { bench, schedule } = await open();
    const made = await schedule('create', { ...nightly, 'keep-within': 14 * day, window: 2 * hour });
    expect(made).toMatchObject({
      ...{ id: 1, name: 'nightly', servers: ['web-1'], selector: null, cron: '0 3 * * *', zone: 'Europe/Berlin' },
      ...{ keep_last: 3, keep_daily: null, keep_within: 14 * day, min_keep: 1, window: 2 * hour, grace: day },
      ...{ paused: false, state: 'new', next_run: '2026-11-23T02:00:00.000Z', last_run: null, approval_since: null },
    });
    expect(await lastEntry(bench)).toMatchObject({
      ...{ actor: 'anna@example.com', action: 'schedule.create', target_name: 'nightly', result: 'done' },
      ...{ request_id: 'r-1', address: 'socket' },
    });
  });

  it.each([
    ['a name that is taken', {}, "a schedule has the name 'nightly' already"],
    ['no name', { name: ' ' }, 'is no name for a schedule'],
    ['a cron line that is none', { name: 'a', cron: 'often' }, 'cron'],
    ['a zone that is none', { name: 'a', zone: 'Mars/Base' }, 'zone'],
    ['a retention that keeps nothing', { name: 'a', 'keep-last': 0 }, 'retention keeps nothing'],
    ['a server that is not there', { name: 'a', server: ['web-l'] }, 'server not found: web-l; did you mean web-1?'],
    ['a hook that the configuration lacks', { name: 'a', before: 'dump' }, "no hook has the name 'dump'"],
    ['no server at all', { name: 'a', server: [] }, 'no servers and no selector'],
  ])('are refused for %s, which is entered', async (_, input, message) => {
    const { bench, schedule } = await open();
    await schedule('create', nightly);
    await expect(schedule('create', { ...nightly, ...input })).rejects.toThrow(message);
    expect(await lastEntry(bench)).toMatchObject({ result: 'refused', reason: expect.stringContaining(message) });
    expect(await bench.store.db.selectFrom('schedules').selectAll().execute()).toHaveLength(1);
  });

  it('are created while Hetzner does not answer', async () => {
    const { bench, schedule } = await open();
    bench.fate = () => ({ before: new Failure('unreachable', 'no connection') });
    expect(await schedule('create', nightly)).toMatchObject({ id: 1 });
  });

  it('keep what an update does not name, and lose what is given as empty', async () => {
    const { schedule } = await open({ settings: { hooks: ['dump'] } });
    await schedule('create', { ...nightly, before: 'dump', 'max-monthly-cost': '5.00', 'verify-cron': '0 0 1 * *' });
    const changed = await schedule('update', { cron: '30 4 * * *', 'keep-weekly': 2 });
    expect(changed).toMatchObject({ keep_last: 3, keep_weekly: 2, before: 'dump', max_monthly_cost: 5 });
    expect(changed.next_run).toBe('2026-11-23T03:30:00.000Z');
    const emptied = await schedule('update', { before: '', 'max-monthly-cost': 0, 'verify-cron': '', 'keep-last': 0 });
    expect(emptied).toMatchObject({ before: null, max_monthly_cost: null, verify_cron: null, keep_last: null });
    expect(emptied.next_verify).toBeNull();
  });

  it('make nothing while they are paused, and go on with the next due time', async () => {
    const { bench, schedule } = await open();
    await schedule('create', nightly);
    expect(await schedule('pause')).toMatchObject({ paused: true, next_run: null });
    await bench.pass(2 * day);
    expect(bench.project.images.size).toBe(0);
    expect(await schedule('resume')).toMatchObject({ paused: false, next_run: '2026-11-25T02:00:00.000Z' });
    await bench.pass(day);
    expect(bench.project.images.size).toBe(1);
  });

  it('run at once when asked to, but not while paused', async () => {
    const { bench, schedule } = await open();
    await schedule('create', nightly);
    await schedule('run');
    await bench.pass(hour);
    expect(bench.project.images.size).toBe(1);
    await schedule('pause');
    await expect(schedule('run')).rejects.toThrow('is paused');
  });

  it('say how old the backups of each server are', async () => {
    const { bench, schedule, list } = await open();
    await schedule('create', nightly);
    await bench.pass(day);
    expect((await list('schedule'))[0]).toMatchObject({ state: 'ok', backups: [{ name: 'web-1', state: 'ok' }] });
    bench.imaging = () => ({ takes: 1000, end: 'error' });
    await bench.pass(0.3 * day);
    expect((await schedule('describe')).state).toBe('late');
    await bench.pass(day);
    expect(await schedule('describe')).toMatchObject({
      ...{
        state: 'stale',
        backups: [{ last_run: { state: 'failed', reason: expect.stringMatching('could not make it') } }],
      },
    });
  });

  it('that are not there are not found', async () => {
    const { schedule } = await open();
    await expect(schedule('describe', {}, 7)).rejects.toMatchObject({
      code: 'not_found',
      hint: 'cloudctl schedule list',
    });
  });
});

describe('backups', () => {
  async function withBackups(): Promise<Desk> {
    const desk = await open();
    await desk.schedule('create', nightly);
    await desk.bench.pass(2 * day);
    return desk;
  }

  it('are listed by server, schedule and state, the deleted ones only when asked for', async () => {
    const { bench, list } = await withBackups();
    await bench.store.db
      .updateTable('images')
      .set({ state: 'deleted' })
      .where('id', '=', [...bench.project.images.keys()][0]!)
      .execute();
    expect(await list('backup')).toEqual([
      expect.objectContaining({ server_name: 'web-1', schedule_name: 'nightly', state: 'good', hold_reason: null }),
    ]);
    expect(await list('backup', { state: 'deleted,gone' })).toHaveLength(1);
    expect(await list('backup', { server: 'web-2' })).toEqual([]);
    expect(await list('backup', { schedule: '1' })).toHaveLength(1);
  });

  it('are held for a reason, until a time or a release', async () => {
    const { bench, backup } = await withBackups();
    await expect(backup('hold', {})).rejects.toThrow('a hold needs a reason');
    await expect(backup('hold', { reason: 'x', until: '2020-01-01T00:00:00Z' })).rejects.toThrow('not a time to come');
    const held = await backup('hold', { reason: 'an audit', until: '2026-11-26T00:00:00Z' });
    expect(held.backup).toMatchObject({ hold_reason: 'an audit', hold_until: '2026-11-26T00:00:00.000Z' });
    expect((await backup('release')).backup).toMatchObject({ hold_reason: null });
    await expect(backup('release')).rejects.toThrow('nobody holds');
    await backup('hold', { reason: 'an audit', until: '2026-11-26T00:00:00Z' });
    await bench.pass(2 * day);
    expect((await backup('describe')).backup).toMatchObject({ hold_reason: null });
  });

  it('are restored into a new server like the one they were made of, or over one', async () => {
    const { bench, backup } = await withBackups();
    await expect(backup('restore')).rejects.toThrow('one of the two');
    await backup('restore', { 'new-server': 'web-1-restored' });
    await backup('restore', { rebuild: 'web-1' });
    expect([...bench.project.servers.values()].map(({ name }) => name)).toEqual(['web-1', 'web-1-restored']);
    expect(bench.calls.slice(-2)).toEqual(['POST servers', expect.stringMatching(/rebuild$/)]);
    const entries = await bench.store.db
      .selectFrom('audit')
      .select('result')
      .where('action', '=', 'backup.restore')
      .execute();
    expect(entries.map(({ result }) => result)).toEqual(['refused', 'begun', 'done', 'begun', 'done']);
  });

  it('are known by labels that come back when they were wiped, and gone when somebody deleted them', async () => {
    const { bench, backup } = await withBackups();
    const [first, second] = [...bench.project.images.values()];
    const labels = { ...first!.labels };
    first!.labels = { env: 'prod' };
    bench.project.images.delete(second!.id);
    await bench.pass(hour);
    expect(first!.labels).toEqual({ env: 'prod', ...labels });
    expect((await backup('describe', {}, second!.id)).backup).toMatchObject({ state: 'gone' });
    first!.labels = { ...labels, 'cloudctl/server': '42' };
    await bench.pass(hour);
    expect((await backup('describe', {}, first!.id)).backup).toMatchObject({ unmanaged: true });
    expect(first!.labels['cloudctl/server']).toBe('42');
  });
});

describe('a freeze', () => {
  it('stops deletions for everything until it is lifted', async () => {
    const { bench, schedule } = await open();
    await schedule('create', { ...nightly, 'keep-last': 1, grace: 0 });
    await freeze(bench.daemon.tools, 'ada');
    await bench.pass(3 * day);
    expect(bench.project.images.size).toBe(3);
    await unfreeze(bench.daemon.tools, 'ada');
    await bench.pass(hour);
    expect(bench.project.images.size).toBe(1);
  });
});

describe('hooks', () => {
  it('run before and after, the one after also when the first fails, and then there is no image', async () => {
    const ran: string[] = [];
    let fails = false;
    const hook = async (name: string, variables: Row) => {
      ran.push(`${name} ${variables.CLOUDCTL_SERVER} ${variables.CLOUDCTL_OUTCOME}`.trim());
      if (fails && name === 'dump') throw new Failure('refused', 'dump ended with status 1');
    };
    const { bench, schedule } = await open({ hook, settings: { hooks: ['dump', 'thaw'] } });
    await schedule('create', { ...nightly, before: 'dump', after: 'thaw', shutdown: true });
    await bench.pass(day);
    expect(ran.splice(0)).toEqual(['dump web-1', 'thaw web-1 done']);
    expect(bench.project.images.size).toBe(1);
    fails = true;
    await bench.pass(day);
    expect(ran).toEqual(['dump web-1', 'thaw web-1 failed']);
    expect(bench.project.images.size).toBe(1);
  });
});
