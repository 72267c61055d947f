import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPasswords } from '../../../src/core/auth/password.ts';
import { scheduleFields } from '../../../src/core/resources/schedule.ts';
import { useKey } from '../../../src/core/store/key.ts';
import { createAlertTools } from '../../../src/daemon/alerts/tools.ts';
import { createApp } from '../../../src/daemon/api/app.ts';
import { createRefusals } from '../../../src/daemon/api/refusals.ts';
import { openSources } from '../../../src/daemon/checks/sources.ts';
import { servicesOf } from '../../../src/daemon/daemon-parts.ts';
import { fetchVia, memory } from '../api/served.ts';
import { openBench } from '../backup/bench.ts';

const keys = [
  'name',
  ...Object.entries(scheduleFields).map(([name, field]) => ('key' in field ? field.key : name)),
].map(key => key.replaceAll('-', '_'));

const awkward = fc.constantFrom<unknown>(
  ...[null, '', ' ', '0', '-1', '\u0000', '\ud800', '__proto__', -1, 0, 0.5, 2 ** 53, 1e308, [], {}, [[]], true],
  ...['x'.repeat(300), '@daily', '* * * * * *', '0 3 31 2 *', '59 23 29 2 *', '0 0 1 1 7', 'L', '*/61 * * * *'],
  ...['Europe/Berlin', 'Mars/Base', 'America/St_Johns', 'Pacific/Apia', 'env=prod', 'env in (', '!env', 'web-1'],
  ...[['web-1'], ['web-1', 'web-1'], ['nothing'], [1], 60_000, 86_400_000, 1, 2, 100],
);
const sane = {
  name: fc.string({ unit: fc.constantFrom(...'abcdefgh0123456789'), minLength: 4, maxLength: 9 }),
  servers: fc.constantFrom(['web-1'], ['1'], []),
  selector: fc.constantFrom('env=prod', 'env', undefined),
  cron: fc
    .tuple(
      fc.constantFrom('0', '*/7', '59', '1-5'),
      fc.constantFrom('3', '*', '2,14', '*/5'),
      fc.constantFrom('*', '29', '31', '*/2'),
      fc.constantFrom('*', '2', 'jan-mar'),
      fc.constantFrom('*', 'sun', '1-5'),
    )
    .map(fields => fields.join(' ')),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'america/new_york'),
  keep_last: fc.integer({ min: 0, max: 4 }),
};
const body = fc
  .tuple(
    fc.record(sane),
    fc.dictionary(
      fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...keys) }, fc.constantFrom('__proto__', 'constructor', 'x')),
      fc.oneof({ weight: 3, arbitrary: awkward }, fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' })),
      { maxKeys: 2 },
    ),
  )
  .map(([good, more]) => ({ ...good, ...more }));

/** With CLOUDCTL_FULL_FUZZ set as many as are promised; else as many as every run of the tests can afford. */
const numRuns = process.env.CLOUDCTL_FULL_FUZZ ? 10_000 : 2_000;

describe('schedules that are asked for over the API', () => {
  it('are stored as they can be planned and run, or refused by the caller’s fault, whatever the body', {
    timeout: 300_000,
  }, async () => {
    const bench = await openBench();
    const { tools } = bench.daemon;
    const audit = { ...tools.audit, mask: (text: string) => text, checkpoint: async () => {} };
    const alerting = createAlertTools(tools, { key: useKey(Buffer.alloc(32)), allowed: () => [] });
    const nothing = async () => ({});
    const measuring = { service: { list: nothing, describe: nothing, history: nothing } };
    const services = servicesOf(
      alerting,
      audit as never,
      { report: () => ({ state: 'ok' }) },
      // No test of schedules asks for a project.
      {} as never,
      measuring,
      openSources(tools, { key: alerting.key, allowed: () => [] }),
      { passwords: createPasswords({ n: 16, r: 1, p: 1 }) },
    );
    const owning = { owner: memory('owner', ['transfer']), quota: memory('quota', ['set']) };
    const others = { ...owning, approval: memory('approval', ['approve', 'deny']) };
    const refusals = createRefusals(tools);
    const idle = Object.fromEntries(Object.entries(others).map(([name, { service }]) => [name, service]));
    const app = createApp(
      { ...tools, refusals },
      { ...services, ...idle },
      { mask: audit.mask, selfEntering: ['schedule', 'backup'] },
    );
    const ask = async (method: string, path: string, text?: string) => {
      const request = new Request(`http://localhost/cloudctl/v1/${path}`, { method, body: text });
      const answer = await fetchVia(app, 'socket')(request);
      // biome-ignore lint/suspicious/noExplicitAny: a wrong shape fails the test.
      return { status: answer.status, body: answer.status === 204 ? undefined : ((await answer.json()) as any) };
    };
    let [stored, runs] = [0, 0];
    const check = async (given: object) => {
      const { status, body } = await ask('POST', 'schedules', JSON.stringify(given));
      if (![201, 400, 422].includes(status)) throw new Error(`${status} ${JSON.stringify(body)}`);
      if (status !== 201) return;
      stored += 1;
      const { id, next_run } = body.schedule;
      if (!(Date.parse(next_run) > bench.clock.now())) throw new Error(`next run ${next_run}`);
      const plan = await ask('GET', `schedules/${id}/plan`);
      if (plan.status !== 200) throw new Error(`plan: ${JSON.stringify(plan.body)}`);
      // Due at this moment: a schedule that cannot be ticked would stop all the others too.
      const due = tools.store.db.updateTable('schedules').set({ next_due: bench.clock.now() }).where('id', '=', id);
      await tools.store.commit([{ query: due }]);
      await bench.daemon.backups.tick();
      const row = await tools.store.db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirst();
      if (!(row!.next_due! > bench.clock.now())) throw new Error(`not ticked: ${row!.spec}`);
      runs += (await tools.store.db.selectFrom('runs').select('id').where('schedule_id', '=', id).execute()).length;
      const removed = await ask('DELETE', `schedules/${id}`);
      if (removed.status !== 204) throw new Error(`delete: ${removed.status}`);
    };
    await fc.assert(fc.asyncProperty(body, check), { numRuns });
    expect(stored).toBeGreaterThan(numRuns / 20);
    expect(runs).toBeGreaterThan(numRuns / 100);
  });
});
