import { describe, expect, it } from 'vitest';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { Transport } from '../../../src/core/world.ts';
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
    expect((await ask(token, 'POST', 'servers', server('web-3', { env: 'prod' }))).status).toBe(201);
    expect((await ask(token, 'POST', `servers/${prod}/actions/reboot`)).status).toBe(201);
    expect(await names(token)).toEqual(['web-1', 'web-3']);
  });

  it('for labels makes nothing and leaves nothing that does not match them, and is told which they are', async () => {
    const { ask, people, user, prod, sandbox } = await withServers();
    const token = await people.token(user, { selector: 'env=prod,!frozen' });
    const sent = () => sandbox.requests.filter(({ method }) => method !== 'GET').length;
    const before = sent();
    for (const [method, path, body] of [
      ['POST', 'servers', server('web-3', { env: 'test' })],
      ['POST', 'servers', server('web-3')],
      ['POST', 'servers', { ...server('web-3'), labels: null }],
      ['POST', 'servers', server('web-3', { env: 'prod', frozen: '' })],
      ['POST', 'networks', { name: 'private', ip_range: '10.0.0.0/16' }],
      ['POST', `servers/${prod}/actions/create_image`, { type: 'snapshot' }],
      ['POST', `servers/${prod}/actions/create_image`, { type: 'snapshot', labels: { env: 'test' } }],
      ['PUT', `servers/${prod}`, { labels: {} }],
      ['PUT', `servers/${prod}`, { labels: null }],
      ['PUT', `servers/${prod}`, { labels: { env: 'test' } }],
      ['PUT', `servers/${prod}`, { name: 'mine', labels: { env: 'prod', frozen: 'true' } }],
    ] as const) {
      const { status, body: answer } = await ask(token, method, path, body);
      const message = "this token is bound to the label selector 'env=prod,!frozen', which the labels would not match";
      expect([path, body, status, answer.error]).toEqual([
        path,
        body,
        403,
        { code: 'forbidden', message, details: null },
      ]);
    }
    expect(sent()).toBe(before);
    for (const [method, path, body] of [
      ['PUT', `servers/${prod}`, { name: 'web' }],
      ['PUT', `servers/${prod}`, { labels: { env: 'prod', tier: 'front' } }],
      ['POST', `servers/${prod}/actions/create_image`, { type: 'snapshot', labels: { env: 'prod' } }],
      ['POST', `servers/${prod}/actions/reboot`],
    ] as const) {
      expect([path, (await ask(token, method, path, body)).status < 300]).toEqual([path, true]);
    }
    expect((await ask(token, 'GET', 'images?type=snapshot')).body.images).toHaveLength(1);
  });

  it('for labels may give any to what is below a resource that it reaches, where none are those of the gateway', async () => {
    const labels = { env: 'prod', 'cloudctl/owner': 'user-1' };
    const records: unknown[] = [];
    const through = createTransport({ env: {} });
    const http: Transport = async request => {
      const { pathname } = new URL(request.url);
      const answer = (body: object) => ({ status: 200, headers: {}, body: JSON.stringify(body) });
      if (pathname.endsWith('/zones/1')) return answer({ zone: { id: 1, name: 'x.test', labels } });
      if (!pathname.endsWith('/zones/1/rrsets/www/A')) return through(request);
      records.push(JSON.parse(String(request.body)));
      return answer({ rrset: { id: 'www/A', labels: { tier: 'front' } } });
    };
    const { ask, people } = await startGateway(open, {}, { http });
    const user = await people.user('ada@x.test', { role: 'admin' });
    const token = await people.token(user, { selector: 'env=prod' });
    const changed = { labels: { tier: 'front' } };
    expect((await ask(token, 'PUT', 'zones/1/rrsets/www/A', changed)).status).toBe(200);
    expect(records).toEqual([changed]);
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
