import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { requireServices, routesOf, served } from '../../../src/daemon/api/routes.ts';
import { openApi } from './served.ts';

const nightly = { name: 'nightly', servers: ['web-1'], cron: '0 3 * * *', keep_daily: 7 };

describe('the routes of the daemon', () => {
  it('are those that the declarations imply, each with its permission', async () => {
    const lines = routesOf(served).map(({ method, path, permission }) => `${method.padEnd(6)} /${path} ${permission}`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('routes.txt');
  });

  it('each have one path, and a service that does them', async () => {
    const routes = routesOf(served);
    const places = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
    const { schedule } = await openApi();
    const services = { schedule: { ...schedule.service, approve: undefined } };
    expect(() =>
      requireServices(
        routes.filter(route => route.resource.name === 'schedule'),
        services,
      ),
    ).toThrow('nothing does what is declared: schedule approve');
  });
});

describe('the API of the daemon', () => {
  it('makes, lists, shows, changes and deletes as Hetzner does', async () => {
    const { ask } = await openApi();
    const made = await ask('POST', '/cloudctl/v1/schedules', nightly);
    expect(made).toMatchObject({ status: 201, body: { schedule: { id: 1, name: 'nightly' } } });
    expect(made.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask('GET', '/cloudctl/v1/schedules')).body).toMatchObject({
      schedules: [{ id: 1 }],
      meta: {
        pagination: { page: 1, per_page: 25, previous_page: null, next_page: null, last_page: 1, total_entries: 1 },
      },
    });
    expect((await ask('GET', '/cloudctl/v1/schedules/1')).body).toMatchObject({ schedule: { id: 1 } });
    const changed = await ask('PUT', '/cloudctl/v1/schedules/1', { cron: '0 4 * * *' });
    expect(changed).toMatchObject({ status: 200, body: { schedule: { cron: '0 4 * * *' } } });
    expect(await ask('POST', '/cloudctl/v1/schedules/1/actions/pause')).toMatchObject({ status: 200 });
    expect(await ask('DELETE', '/cloudctl/v1/schedules/1')).toMatchObject({ status: 204, body: '' });
    expect(await ask('GET', '/cloudctl/v1/schedules/1')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found', message: "schedule with ID '1' not found" } },
    });
  });

  it('gives the services the values of the fields by their names, with what is preset', async () => {
    const { ask, schedule } = await openApi();
    await ask('POST', '/cloudctl/v1/schedules', {
      ...nightly,
      keep_within: 3_600_000,
      max_monthly_cost: 1.5,
      before: null,
    });
    expect(schedule.asked.find(({ verb }) => verb === 'create')?.request).toMatchObject({
      caller: { name: 'socket', role: 'admin', address: 'socket' },
      input: {
        name: 'nightly',
        server: ['web-1'],
        cron: '0 3 * * *',
        zone: 'UTC',
        'keep-daily': 7,
        'keep-within': 3_600_000,
        'min-keep': 1,
        window: 14_400_000,
        grace: 86_400_000,
        'max-monthly-cost': 1.5,
      },
    });
  });

  it('refuses a body with every key that is wrong or unknown, in one answer', async () => {
    const { ask } = await openApi();
    const body = { cron: 5, keep_daily: '7', shutdwn: true, window: -1, servers: 'web-1', zone: null };
    const answer = await ask('POST', '/cloudctl/v1/schedules', body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe('invalid_input');
    expect(answer.body.error.details.fields).toEqual(
      expect.arrayContaining([
        { name: 'shutdwn', messages: ['is not known'] },
        { name: 'name', messages: ['is required'] },
        { name: 'cron', messages: ['must be a string'] },
        { name: 'keep_daily', messages: ['must be an integer'] },
        { name: 'window', messages: ['must be milliseconds, 0 or more'] },
        { name: 'servers', messages: ['must be a list of strings'] },
      ]),
    );
    expect(await ask('POST', '/cloudctl/v1/schedules', '{"name":')).toMatchObject({
      status: 400,
      body: { error: { code: 'json_error', message: 'the body is not JSON' } },
    });
    expect(await ask('POST', '/cloudctl/v1/schedules', [1])).toMatchObject({ status: 400 });
    expect(await ask('POST', '/cloudctl/v1/schedules', `"${'x'.repeat(2 ** 20)}"`)).toMatchObject({ status: 422 });
  });

  it('pages, sorts and finds by name, and refuses a query that it does not know', async () => {
    const { ask, schedule } = await openApi();
    for (let id = 1; id <= 60; id += 1) schedule.rows.push({ id, name: `s${id % 30}`, created: `2026-01-${id}` });
    const page = (await ask('GET', '/cloudctl/v1/schedules?page=2&per_page=50&sort=id:desc')).body;
    expect(page.schedules.map((row: { id: number }) => row.id)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(page.meta.pagination).toMatchObject({ page: 2, previous_page: 1, next_page: null, total_entries: 60 });
    const named = (await ask('GET', '/cloudctl/v1/schedules?name=s7&sort=id')).body;
    expect(named.schedules.map((row: { id: number }) => row.id)).toEqual([7, 37]);
    for (const query of ['per_page=51', 'page=0', 'sort=colour', 'sort=id:up', 'colour=red', 'label_selector=a']) {
      expect(await ask('GET', `/cloudctl/v1/schedules?${query}`), query).toMatchObject({
        status: 422,
        body: { error: { code: 'invalid_input' } },
      });
    }
    const filtered = await ask('GET', '/cloudctl/v1/backups?state=good&state=failed&server=web-1');
    expect(filtered.status).toBe(200);
    expect((await ask('GET', '/cloudctl/v1/backups?state=splendid')).body.error.details.fields[0].name).toBe('state');
  });

  it('answers 404 for what there is not, and nothing of a bug but that it is one', async () => {
    const { ask, logged, schedule } = await openApi();
    expect(await ask('GET', '/cloudctl/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
    expect(await ask('GET', '/cloudctl/v1/schedules/99999999999999999999')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/cloudctl/v1/schedules/x')).toMatchObject({ status: 404 });
    Object.assign(schedule.service, { list: () => Promise.reject(new Error('secret path /root')) });
    const answer = await ask('GET', '/cloudctl/v1/schedules');
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'server_error', details: null } } });
    expect(JSON.stringify(answer.body)).not.toMatch('/root');
    expect(logged.join()).toMatch('secret path /root');
  });

  it("tells our failures in Hetzner's words, with the hint", async () => {
    const { ask, schedule } = await openApi();
    const failing = (failure: Failure) => Object.assign(schedule.service, { list: () => Promise.reject(failure) });
    const statusOf = async (failure: Failure) => {
      failing(failure);
      const { status, body } = await ask('GET', '/cloudctl/v1/schedules');
      return [status, body.error.code, body.error.hint];
    };
    expect(await statusOf(new Failure('conflict', 'x', { apiCode: 'locked' }))).toEqual([423, 'locked', undefined]);
    expect(await statusOf(new Failure('refused', 'x', { hint: 'do y' }))).toEqual([422, 'service_error', 'do y']);
    expect(await statusOf(new Failure('unreachable', 'x'))).toEqual([503, 'unavailable', undefined]);
    expect(await statusOf(new Failure('limited', 'x'))).toEqual([429, 'rate_limit_exceeded', undefined]);
    expect(await statusOf(new Failure('usage', 'x'))).toEqual([422, 'invalid_input', undefined]);
  });

  it('stops all deletions at once, says who did and why, and lets them go on', async () => {
    const { ask, entries, store } = await openApi();
    expect((await ask('GET', '/cloudctl/v1/status')).body.status).toMatchObject({ frozen: null, store: 'sqlite' });
    const frozen = { by: 'socket', since: expect.stringMatching(/^2026-/), reason: 'an incident' };
    expect(await ask('POST', '/cloudctl/v1/freeze', { reason: 'an incident' })).toMatchObject({
      status: 200,
      body: { status: { frozen } },
    });
    await ask('POST', '/cloudctl/v1/freeze', { reason: 'another' });
    expect((await ask('GET', '/cloudctl/v1/status')).body.status.frozen).toEqual(frozen);
    expect((await ask('POST', '/cloudctl/v1/unfreeze')).body.status.frozen).toBeNull();
    expect((await entries()).map(row => `${row.action} ${row.result}`)).toEqual(
      ['freeze', 'freeze', 'unfreeze'].flatMap(verb => [`daemon.${verb} begun`, `daemon.${verb} done`]),
    );
    const events = await store.db.selectFrom('events').select('type').execute();
    expect(events.map(({ type }) => type)).toEqual(['daemon.frozen', 'daemon.unfrozen']);
  });
});
