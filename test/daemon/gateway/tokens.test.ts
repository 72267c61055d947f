import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;
const server = (name: string, labels: object = {}) => ({
  ...{ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' },
  labels,
});

/** A gateway, a user with a token without bounds and a server for `prod` and `test` each. */
async function withServers() {
  const clock = fakeClock(Date.now());
  const gateway = await startGateway(open, { speed: Number.POSITIVE_INFINITY }, { clock });
  const { ask, people } = gateway;
  const user = await people.user('ada@x.test');
  const whole = await people.token(user);
  const make = async (name: string, env: string): Promise<number> =>
    (await ask(whole, 'POST', 'servers', server(name, { env }))).body.server.id;
  const [prod, test] = [await make('web-1', 'prod'), await make('web-2', 'test')];
  const names = async (token: string, path = 'servers') =>
    (await ask(token, 'GET', path)).body.servers.map(({ name }: { name: string }) => name);
  return { ...gateway, clock, user, whole, prod, test, names };
}

describe('a token', () => {
  it('is refused with the next request when it is revoked, has expired, or its user is disabled', async () => {
    const { ask, people, user, whole, store, clock } = await withServers();
    const [revoked, short] = [await people.token(user), await people.token(user, { expires: clock.now() + 60_000 })];
    const statusOf = async (token: string) => (await ask(token, 'GET', 'servers')).status;
    expect([await statusOf(revoked), await statusOf(short)]).toEqual([200, 200]);
    const sent = (await ask(revoked, 'POST', 'placement_groups', { name: 'pg', type: 'spread' })).status;
    expect(sent).toBe(201);
    await store.commit([{ query: store.db.updateTable('tokens').set({ revoked: 1 }).where('id', '=', 2) }]);
    await clock.sleep(60_000);
    const answer = await ask(revoked, 'POST', 'placement_groups', { name: 'pg-2', type: 'spread' });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized', details: null } } });
    expect(await statusOf(short)).toBe(401);
    expect(await statusOf(whole)).toBe(200);
    await people.change(user, { state: 'disabled' });
    expect(await statusOf(whole)).toBe(401);
  });

  it('for permissions does nothing else, whatever its user may', async () => {
    const { ask, people, user, prod, names } = await withServers();
    const token = await people.token(user, { permissions: JSON.stringify(['servers:read']) });
    expect(await names(token)).toEqual(['web-1', 'web-2']);
    for (const [method, path, body] of [
      ['POST', 'servers', server('x')],
      ['POST', `servers/${prod}/actions/reboot`],
      ['DELETE', `servers/${prod}`],
      ['PUT', `servers/${prod}`, { name: 'x' }],
      ['GET', 'volumes'],
      ['GET', `servers/${prod}/metrics?type=cpu&start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z`],
    ] as const) {
      const { status, body: answer } = await ask(token, method, path, body);
      expect([path, status, answer.error.code]).toEqual([path, 403, 'forbidden']);
    }
  });

  it('for labels reaches nothing that has not those labels, and makes nothing without them', async () => {
    const { ask, people, user, prod, test, names } = await withServers();
    const token = await people.token(user, { selector: 'env=prod' });
    expect(await names(token)).toEqual(['web-1']);
    expect(await names(token, 'servers?name=web-2')).toEqual([]);
    for (const [method, path, body] of [
      ['GET', `servers/${test}`],
      ['DELETE', `servers/${test}`],
      ['PUT', `servers/${test}`, { labels: { env: 'prod' } }],
      ['POST', `servers/${test}/actions/reboot`],
      ['POST', 'volumes', { name: 'data', size: 10, server: test, labels: { env: 'prod' } }],
    ] as const) {
      expect([path, (await ask(token, method, path, body)).status]).toEqual([path, 404]);
    }
    expect((await ask(token, 'POST', 'servers', server('web-3', { env: 'test' }))).status).toBe(422);
    expect((await ask(token, 'POST', 'servers', server('web-3', { env: 'prod' }))).status).toBe(201);
    expect((await ask(token, 'POST', `servers/${prod}/actions/reboot`)).status).toBe(201);
    expect(await names(token)).toEqual(['web-1', 'web-3']);
  });

  it('for one project is not let into another', async () => {
    const { app, people, user } = await withServers();
    const token = await people.token(user, { project_id: 2 });
    const get = async (path: string) => {
      const response = await app.request(path, { headers: { authorization: `Bearer ${token}` } });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await get('/v1/servers')).toEqual([404, 'not_found']);
    expect(await get('/projects/default/v1/servers')).toEqual([404, 'not_found']);
  });
});
