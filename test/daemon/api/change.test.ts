import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { field } from '../../../src/core/field.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { differenceOf, maskInput } from '../../../src/daemon/api/entries.ts';
import { entering } from '../people/people.ts';
import { openApi } from './served.ts';

const nightly = { name: 'nightly', servers: ['web-1'], cron: '0 3 * * *' };

describe('a change through the API', () => {
  it('is entered before it is done, and what came of it afterwards', async () => {
    const { ask, entries, audit, schedule } = await openApi();
    let before = 0;
    const { create } = schedule.service;
    Object.assign(schedule.service, {
      async create(request: Parameters<NonNullable<typeof create>>[0]) {
        before = (await entries()).length;
        return create!(request);
      },
    });
    const made = await ask('POST', '/cloudctl/v1/schedules', nightly);
    await ask('PUT', '/cloudctl/v1/schedules/1', { cron: '0 4 * * *' });
    await ask('DELETE', '/cloudctl/v1/schedules/1');
    expect(before).toBe(1);
    const rows = await entries();
    expect(rows.map(row => [row.action, row.result, row.of_seq, row.target_id, row.target_name])).toEqual([
      ['schedule.create', 'begun', null, '', 'nightly'],
      ['schedule.create', 'done', 1, '1', 'nightly'],
      ['schedule.update', 'begun', null, '1', 'nightly'],
      ['schedule.update', 'done', 3, '1', 'nightly'],
      ['schedule.delete', 'begun', null, '1', 'nightly'],
      ['schedule.delete', 'done', 5, '1', 'nightly'],
    ]);
    expect(rows[0]).toMatchObject({
      actor: 'socket',
      address: 'socket',
      request_id: made.headers.get('x-correlation-id'),
    });
    expect(JSON.parse(rows[2]!.difference!)).toEqual({ input: { cron: '0 4 * * *' } });
    expect(JSON.parse(rows[3]!.difference!)).toEqual({ cron: ['0 3 * * *', '0 4 * * *'] });
    expect(await audit.verify()).toMatchObject({ intact: true, entries: 6 });
  });

  it('that is refused is entered: for its body, for what is not there, and by the service', async () => {
    const { ask, entries } = await openApi();
    await ask('POST', '/cloudctl/v1/schedules', { ...nightly, nonsense: 'hunter2' });
    await ask('PUT', '/cloudctl/v1/schedules/9', {});
    await ask('POST', '/cloudctl/v1/schedules', nightly);
    await ask('POST', '/cloudctl/v1/schedules', nightly);
    const refused = (await entries()).filter(row => row.result === 'refused');
    expect(refused.map(row => `${row.action} ${row.reason}`)).toEqual([
      "schedule.create invalid_input: invalid input in field 'nonsense': is not known",
      "schedule.update not_found: schedule with ID '9' not found",
      'schedule.create uniqueness_error: schedule name is already used',
    ]);
    expect(JSON.stringify(await entries())).not.toMatch('hunter2');
  });

  it('that breaks is entered as failed, without what only the log may have', async () => {
    const { ask, entries, schedule } = await openApi();
    Object.assign(schedule.service, { create: () => Promise.reject(new Error('password hunter2')) });
    expect((await ask('POST', '/cloudctl/v1/schedules', nightly)).status).toBe(500);
    expect((await entries()).at(-1)).toMatchObject({ result: 'failed', reason: 'unexpected', of_seq: 1 });
    expect(JSON.stringify(await entries())).not.toMatch('hunter2');
  });

  it('is refused when the log cannot be written, and nothing is done', async () => {
    const broken = { commit: () => Promise.reject(new Error('disk full')) };
    const { ask, schedule } = await openApi({ tools: { audit: broken } });
    const answer = await ask('POST', '/cloudctl/v1/schedules', nightly);
    expect(answer).toMatchObject({
      status: 503,
      body: { error: { code: 'unavailable', message: 'the audit log cannot be written, so nothing is changed' } },
    });
    expect(schedule.rows).toEqual([]);
    expect((await ask('GET', '/cloudctl/v1/schedules')).status).toBe(200);
  });

  it('shows secrets as HMAC, those that it was given and those that have changed', () => {
    const fields = { password: field('text', 'Password', { secret: true }), name: field('text', 'Name') };
    const mask = (secret: string) => `hmac:${secret.length}`;
    expect(maskInput(fields, { password: 'hunter2', name: 'a' }, mask)).toEqual({ password: 'hmac:9', name: 'a' });
    expect(differenceOf(fields, { password: 'a', name: 'x' }, { password: 'hunter2', name: 'x' }, mask)).toEqual({
      password: ['hmac:3', 'hmac:9'],
    });
  });
});

describe('a change by a service that enters it itself', () => {
  const selfEntering = ['schedule'];

  it('is entered once, and a refusal that the service has not entered as well', async () => {
    const { ask, entries, schedule, audit } = await openApi({ selfEntering });
    const { create } = schedule.service;
    Object.assign(schedule.service, {
      async create(request: Parameters<NonNullable<typeof create>>[0]) {
        const { name: actor, requestId } = request.caller;
        const entry = { actor, requestId, action: 'schedule.create', target: { type: 'schedule', id: 'a' } };
        if (request.input.name === 'told') {
          await audit.commit([{ ...entry, result: 'refused', reason: 'by the service' }]);
          throw new Failure('refused', 'no');
        }
        const made = await create!(request);
        await audit.commit([{ ...entry, result: 'done' }]);
        return made;
      },
    });
    await ask('POST', '/cloudctl/v1/schedules', nightly);
    await ask('POST', '/cloudctl/v1/schedules', nightly);
    await ask('POST', '/cloudctl/v1/schedules', { ...nightly, name: 'told' });
    await ask('POST', '/cloudctl/v1/schedules', {});
    expect((await entries()).map(row => [row.result, row.reason?.split(':')[0]])).toEqual([
      ['done', undefined],
      ['refused', 'uniqueness_error'],
      ['refused', 'by the service'],
      ['refused', 'invalid_input'],
    ]);
  });
});

describe('a refusal whose request has the id of another one', () => {
  it('is entered like every other', async () => {
    const { app, entries } = await openApi({ selfEntering: ['schedule'] });
    for (const name of ['nightly', 'nightly', 'nightly']) {
      const request = new Request('http://x/cloudctl/v1/schedules', {
        method: 'POST',
        body: JSON.stringify({ ...nightly, name }),
      });
      await app.fetch(request, { via: 'socket', requestId: 'r-1', address: 'socket' });
    }
    expect((await entries()).map(({ result }) => result)).toEqual(['refused', 'refused']);
  });
});

describe('what is known of a request before it comes to the API', () => {
  it('is kept: its id and its address, and who asked for which route is told back', async () => {
    const { app, entries } = await openApi({ socketName: 'ada@socket' });
    const about = {};
    const request = new Request('http://x/cloudctl/v1/schedules', { method: 'POST', body: JSON.stringify(nightly) });
    const answer = await app.fetch(request, { via: 'socket', requestId: 'r-1', address: '10.0.0.1', about });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-correlation-id')).toBe('r-1');
    expect((await entries())[0]).toMatchObject({ actor: 'ada@socket', address: '10.0.0.1', request_id: 'r-1' });
    expect(about).toEqual({ route: '/cloudctl/v1/schedules', caller: 'ada@socket' });
  });
});

describe('a request that is sent again', () => {
  const key = { 'idempotency-key': 'e2a5c9f0-0000-4000-8000-000000000000' };

  it('with the same key and body gets the first answer, and is done once', async () => {
    const { ask, schedule } = await openApi();
    const first = await ask('POST', '/cloudctl/v1/schedules', nightly, key);
    const again = await ask('POST', '/cloudctl/v1/schedules', nightly, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(schedule.rows).toHaveLength(1);
  });

  it('while the first is under way waits for its answer', async () => {
    const { ask, schedule } = await openApi();
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '/cloudctl/v1/schedules', nightly, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(schedule.rows).toHaveLength(1);
  });

  it('with the same key and another body, or for something else, is refused', async () => {
    const { ask, schedule } = await openApi();
    await ask('POST', '/cloudctl/v1/schedules', nightly, key);
    expect(await ask('POST', '/cloudctl/v1/schedules', { ...nightly, name: 'b' }, key)).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_input', message: 'the Idempotency-Key was used for another request' } },
    });
    expect((await ask('POST', '/cloudctl/v1/schedules/1/actions/pause', undefined, key)).status).toBe(422);
    expect(schedule.rows).toHaveLength(1);
    expect((await ask('POST', '/cloudctl/v1/freeze', {}, { 'idempotency-key': 'a b' })).status).toBe(422);
  });

  it('is another one when somebody else sends it with the same key', async () => {
    const { app, store, clock, schedule } = await openApi();
    const { user, token } = entering(store, clock.now);
    const send = async (text: string) => {
      const headers = { ...key, authorization: `Bearer ${text}` };
      const body = JSON.stringify({ ...nightly, name: text.slice(-8) });
      const request = new Request('http://x/cloudctl/v1/schedules', { method: 'POST', body, headers });
      return (await app.fetch(request, { via: 'tcp' })).status;
    };
    const tokenOf = async (email: string) => token(await user(email, { role: 'operator' }));
    expect(await send(await tokenOf('ada@x.test'))).toBe(201);
    expect(await send(await tokenOf('bob@x.test'))).toBe(201);
    expect(schedule.rows).toHaveLength(2);
  });

  it('gets the answer of a daemon before this one, which nobody can read in the store', async () => {
    const store = await openSqlite(':memory:');
    const first = await openApi({ store });
    const body = { ...nightly, name: 'a-name-to-look-for' };
    const answer = await first.ask('POST', '/cloudctl/v1/schedules', body, key);
    const second = await openApi({ store });
    expect(await second.ask('POST', '/cloudctl/v1/schedules', body, key)).toMatchObject({
      status: 201,
      body: answer.body,
    });
    expect(second.schedule.rows).toEqual([]);
    const rows = await store.db.selectFrom('meta').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/a-name-to-look-for|e2a5c9f0/);
    await store.close();
  });

  it('is done anew when the first has failed in a way that passes, but not when it was refused', async () => {
    const { ask, schedule } = await openApi();
    const { create } = schedule.service;
    Object.assign(schedule.service, { create: () => Promise.reject(new Failure('unreachable', 'down')) });
    expect((await ask('POST', '/cloudctl/v1/schedules', nightly, key)).status).toBe(503);
    Object.assign(schedule.service, { create: () => Promise.reject(new Failure('refused', 'no')) });
    expect((await ask('POST', '/cloudctl/v1/schedules', nightly, key)).status).toBe(422);
    Object.assign(schedule.service, { create });
    expect((await ask('POST', '/cloudctl/v1/schedules', nightly, key)).status).toBe(422);
  });
});
