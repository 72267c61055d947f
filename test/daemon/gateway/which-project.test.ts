import { expect, it, onTestFinished } from 'vitest';
import { useKey } from '../../../src/core/store/key.ts';
import { sealName } from '../../../src/daemon/gateway/upstream/projects.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;

/** A gateway before two projects, `default` and `shop`. */
async function withTwo() {
  const gateway = await startGateway(open, {}, {});
  const shop = await startSandbox({ seed: { servers: 1 } });
  onTestFinished(() => shop.stop());
  const { store, app, upstreams, people } = gateway;
  const token = useKey(new Uint8Array(32)).seal(shop.token, sealName(shop.url));
  const row = { name: 'shop', endpoint: shop.url, token, token_expires: null, created: 1, updated: 1 };
  await store.commit([{ query: store.db.insertInto('projects').values(row) }]);
  await upstreams.refresh();
  const { id } = upstreams.byName('shop')!.project;
  const statusOf = async (bearer: string, path: string) =>
    (await app.request(`${path}/servers`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  /** The usual project, `default` and `shop` by their names, as that token has them. */
  const reach = async (bearer: string) => [
    await statusOf(bearer, '/v1'),
    await statusOf(bearer, '/projects/default/v1'),
    await statusOf(bearer, '/projects/shop/v1'),
  ];
  return { ...gateway, people, shop: id, reach };
}

it('each project is there for those whose role sees projects, and for others only their own', async () => {
  const { people, shop, reach } = await withTwo();
  const of = async (email: string, user: object, token: object = {}) =>
    reach(await people.token(await people.user(email, user), token));
  expect(await of('a@x.test', { role: 'admin' })).toEqual([200, 200, 200]);
  expect(await of('b@x.test', { role: 'operator', project_id: shop })).toEqual([200, 200, 200]);
  for (const role of ['client', 'viewer']) {
    expect(await of(`${role}-1@x.test`, { role })).toEqual([200, 200, 404]);
    expect(await of(`${role}-2@x.test`, { role, project_id: shop })).toEqual([200, 404, 200]);
  }
  expect(await reach(await people.token(null))).toEqual([200, 200, 200]);
});

it('a token is let into no project that its user is not, and into no other than it was made for', async () => {
  const { people, shop, reach } = await withTwo();
  const [admin, client] = [await people.user('a@x.test', { role: 'admin' }), await people.user('c@x.test')];
  const ofClient = { role: 'client' } as const;
  expect(await reach(await people.token(admin, ofClient))).toEqual([200, 200, 404]);
  expect(await reach(await people.token(admin, { ...ofClient, project_id: shop }))).toEqual([200, 404, 200]);
  const few = { permissions: JSON.stringify(['servers:read']), project_id: shop };
  expect(await reach(await people.token(admin, few))).toEqual([200, 404, 200]);
  expect(await reach(await people.token(client, { project_id: shop }))).toEqual([404, 404, 404]);
  await people.change(admin, { role: 'client' });
  expect(await reach(await people.token(admin, few))).toEqual([404, 404, 404]);
});

it('a project is there too where a permit names something in it', async () => {
  const { people, store, shop, reach } = await withTwo();
  const user = await people.user('c@x.test');
  const token = await people.token(user);
  expect(await reach(token)).toEqual([200, 200, 404]);
  const what = { project_id: shop, type: 'servers', resource_id: 7, permission: 'servers:read' };
  const permit = { user_id: user, ...what, author: 'a@x.test', created: 1 };
  await store.commit([{ query: store.db.insertInto('permits').values(permit) }]);
  expect(await reach(token)).toEqual([200, 200, 200]);
});
