import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import type { Request } from '../../../src/daemon/api/service.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import { day, openBench } from '../backup/bench.ts';

const caller = { ...hostAdmin('ada'), requestId: 'r-1', address: 'socket' };
const nightly = { name: 'nightly', server: ['web-1'], cron: '0 3 * * *', zone: 'UTC', 'keep-last': 3 };

/** A bench with two servers, and what can be asked of its schedules and backups. */
async function open() {
  const bench = await openBench();
  bench.project.addServer('web-2', { env: 'test' });
  const request = (id: number | undefined, input: object): Request => ({
    ...{ caller, id, input: input as Record<string, unknown>, query: {}, signal: new AbortController().signal },
  });
  // biome-ignore lint/suspicious/noExplicitAny: each verb answers in a shape of its own, and a wrong one fails the test.
  const ask = async (verb: string, input: object = {}, id = 1): Promise<any> =>
    scheduleService(bench.daemon.tools)[verb]!(request(id, input));
  const askBackup = (verb: string, id: number, input: object = {}) =>
    backupService(bench.daemon.tools)[verb]!(request(id, input));
  const server = (name: string) => [...bench.project.servers.values()].find(one => one.name === name)!;
  return { bench, ask, askBackup, server };
}

describe('a server that is renamed', () => {
  it('is backed up as before, and the plan says what it is called now', async () => {
    const { bench, ask, server } = await open();
    await ask('create', nightly);
    await bench.pass(day);
    server('web-1').name = 'shop';
    await bench.pass(day);
    expect([...bench.project.images.values()].map(image => image.labels['cloudctl/server'])).toHaveLength(2);
    const { plan } = await ask('plan');
    expect(plan).toMatchObject({ runs: [{ name: 'shop' }], notices: ['server web-1 is called shop now'] });
    await ask('run');
    expect((await ask('describe')).schedule.backups).toMatchObject([{ name: 'shop', state: 'ok' }]);
  });

  it('gives way to another that has got its name', async () => {
    const { bench, ask, server } = await open();
    await ask('create', nightly);
    await bench.pass(day);
    server('web-1').name = 'old';
    server('web-2').name = 'web-1';
    await bench.pass(day);
    expect((await ask('describe')).schedule.backups).toMatchObject([{ id: server('web-1').id, name: 'web-1' }]);
  });
});

describe('a server that is gone', () => {
  it('is told at every due time while the others go on, and its backup grows stale', async () => {
    const { bench, ask, server } = await open();
    await ask('create', { ...nightly, server: ['web-1', 'web-2'] });
    await bench.pass(day);
    bench.project.servers.delete(server('web-2').id);
    await bench.pass(3 * day);
    const { schedule } = await ask('describe');
    expect(schedule).toMatchObject({
      state: 'stale',
      backups: [
        { name: 'web-1', state: 'ok' },
        { name: 'web-2', state: 'stale', last_run: { state: 'skipped', reason: expect.stringMatching('web-2') } },
      ],
    });
    const { db } = bench.store;
    const refused = db.selectFrom('audit').select('reason').where('result', '=', 'refused');
    expect(await refused.where('target_name', '=', 'web-2').execute()).toHaveLength(3);
    expect(await db.selectFrom('events').select('id').where('type', '=', 'backup.skipped').execute()).toHaveLength(3);
    // The rest of the schedule can be changed all the same; what is new has to be there.
    await ask('update', { 'keep-last': 5 });
    await expect(ask('update', { server: ['web-1', 'web-9'] })).rejects.toThrow('server not found: web-9');
  });

  it('as the only one leaves a schedule that does not look well', async () => {
    const { bench, ask, server } = await open();
    await ask('create', { ...nightly, server: [], selector: 'env=test' });
    bench.project.servers.delete(server('web-2').id);
    await bench.pass(day);
    expect((await ask('describe')).schedule).toMatchObject({ state: 'stale', backups: [] });
  });
});

describe('an image that somebody deleted', () => {
  it('can be neither held nor tested, and its store is believed while Hetzner does not answer', async () => {
    const { bench, ask, askBackup } = await open();
    await ask('create', nightly);
    await bench.pass(day);
    const [id] = bench.project.images.keys();
    bench.project.images.delete(id!);
    const gone = { code: 'not_found', message: expect.stringMatching(`image ${id} is gone`) };
    await expect(askBackup('hold', id!, { reason: 'audit' })).rejects.toMatchObject(gone);
    await expect(askBackup('verify', id!)).rejects.toMatchObject(gone);
    bench.fate = () => ({ before: new Failure('unreachable', 'no connection') });
    await askBackup('hold', id!, { reason: 'audit' });
  });
});

describe('a new schedule', () => {
  it('says what is odd about its servers: none selected, all of them, others that back them up too', async () => {
    const { ask } = await open();
    const notices = async (input: object) => (await ask('create', { ...nightly, ...input })).notices;
    expect(await notices({})).toEqual([]);
    expect(await notices({ name: 'none', server: [], selector: 'env=none' })).toEqual([
      "'env=none' selects no server",
      'the schedule means no server',
    ]);
    expect(await notices({ name: 'twice' })).toEqual(['server web-1 is backed up by nightly as well']);
    await ask('pause');
    expect(await notices({ name: 'thrice' })).toEqual(['server web-1 is backed up by twice as well']);
  });

  it('is made once and told so, also when Hetzner stops answering in between', async () => {
    const { bench, ask } = await open();
    await ask('create', nightly);
    let lists = 0;
    bench.fate = () => (++lists > 1 ? { before: new Failure('unreachable', 'no connection') } : {});
    expect((await ask('create', { ...nightly, name: 'b', selector: 'env' })).schedule ?? {}).toMatchObject({
      name: 'b',
    });
    bench.fate = () => ({ before: new Failure('unreachable', 'no connection') });
    expect((await ask('create', { ...nightly, name: 'c' })).notices).toEqual([
      expect.stringMatching('Hetzner does not answer'),
    ]);
    await expect(ask('run')).rejects.toMatchObject({
      ...{ code: 'unreachable', apiCode: 'upstream_unavailable', ambiguous: false },
      message: 'Hetzner does not answer, so nothing was done: no connection',
    });
    expect((await ask('plan')).plan).toMatchObject({ runs: null, notices: [expect.stringMatching('does not answer')] });
  });

  it.each([
    [{ cron: '61 3 * * *' }, /^cron: minute '61': '61' is not 0 to 59$/],
    [{ zone: 'Berlin' }, /^zone: 'Berlin' is not a time zone$/],
    [{ 'min-keep': 0 }, /^min-keep: '0' is not a whole number/],
    [{ 'keep-last': -1 }, /^keep-last: '-1' is not a whole number/],
    [{ 'max-monthly-cost': -3 }, /^max-monthly-cost: '-3'/],
    [{ 'verify-cron': 'x' }, /^verify-cron: 'x' has 1 fields/],
    [{ name: 'n'.repeat(5000) }, /^'n{100}' is no name/],
  ])('is refused by the name of the flag: %j', async (input, message) => {
    const { ask } = await open();
    await expect(ask('create', { ...nightly, ...input })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });
});
