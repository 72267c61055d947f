import { describe, expect, it } from 'vitest';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { stores } from '../../helpers/stores.ts';
import { startOwning } from './owners-set-up.ts';

const { open } = stores[0]!;

/** A gateway before zones, which the sandbox has not; Ada's is 1 and Bob's is 2. */
async function withZones() {
  const transport = createTransport({ env: {} });
  const names = new Map([
    [1, 'ada.test'],
    [2, 'bob.test'],
  ]);
  const sent: string[] = [];
  const zoneOf = (id: number) => ({
    ...{ id, name: names.get(id), labels: {}, mode: 'secondary' },
    primary_nameservers: [{ address: '192.0.2.1', tsig_key: `key-${id}` }],
  });
  const owning = await startOwning(
    open,
    {},
    {
      async http(request) {
        const [, path] = /\/zones(?:\/([^?]*))?/.exec(request.url.href) ?? [];
        if (!request.url.pathname.includes('/zones')) return transport(request);
        const answer = (status: number, body: object) => ({ status, headers: {}, body: JSON.stringify(body) });
        if (request.method !== 'GET') sent.push(`${request.method} zones/${path}`);
        const ids = [...names.keys()];
        if (path === undefined) {
          const pagination = { page: 1, per_page: 50, previous_page: null, next_page: null, last_page: 1 };
          return answer(200, {
            zones: ids.map(zoneOf),
            meta: { pagination: { ...pagination, total_entries: ids.length } },
          });
        }
        const id = ids.find(one => [String(one), names.get(one)].includes(path.split('/')[0]));
        if (id === undefined) return answer(404, { error: { code: 'not_found', message: 'zone not found' } });
        if (request.method === 'GET') return answer(200, { zone: zoneOf(id) });
        return answer(201, {
          action: { id: 1, command: 'delete_zone', status: 'success', progress: 100, resources: [] },
        });
      },
    },
  );
  const [ada, bob] = [await owning.tokenOf('ada@x.test'), await owning.tokenOf('bob@x.test')];
  const own = (id: number, owner: string) => ({
    ...{
      project_id: 1,
      type: 'zones',
      resource_id: id,
      owner,
      author: 'test',
      request: null,
      created: 1,
      closed: null,
    },
  });
  const { db } = owning.store;
  await owning.store.commit([{ query: db.insertInto('ownerships').values([own(1, 'user-1'), own(2, 'user-2')]) }]);
  return { ...owning, ada, bob, names, sent };
}

describe('a zone', () => {
  it('is deleted as the one that was approved, whatever has its name by then', async () => {
    const { ask, tokenOf, serve, ada, names, sent } = await withZones();
    const olga = await tokenOf('olga@x.test', 'operator');
    const remove = () => ask(olga, 'DELETE', 'zones/ada.test', undefined, { 'cache-control': 'no-cache' });
    expect((await remove()).status).toBe(403);
    // Its owner decides, though it was called by its name.
    await serve('approval', 'approve', { token: ada, id: 1 });
    names.set(1, 'old.test').set(2, 'ada.test');
    expect((await remove()).body.error.message).toContain('approval 2 was asked for');
    expect(sent).toEqual([]);
    expect((await ask(olga, 'DELETE', 'zones/1')).status).toBe(201);
    expect(sent).toEqual(['DELETE zones/1']);
  });

  it('is changed by its id, so that what was looked at is what is meant', async () => {
    const { ask, ada, bob, sent } = await withZones();
    expect((await ask(ada, 'POST', 'zones/ada.test/actions/change_ttl', { ttl: 60 })).status).toBe(201);
    expect((await ask(ada, 'DELETE', 'zones/ada.test/rrsets/www/A')).status).toBe(201);
    expect((await ask(bob, 'DELETE', 'zones/ada.test/rrsets/www/A')).status).toBe(404);
    expect(sent).toEqual(['POST zones/1/actions/change_ttl', 'DELETE zones/1/rrsets/www/A']);
  });

  it('is read by its name too by who has a permit for it', async () => {
    const { ask, people, store } = await withZones();
    await people.role('reader', { 'zones:read': 'grant' });
    const user_id = await people.user('rita@x.test', { role: 'reader' });
    const rita = await people.token(user_id);
    const row = { user_id, permission: 'zones:read', project_id: 1, type: 'zones', resource_id: 1 };
    await store.commit([{ query: store.db.insertInto('permits').values({ ...row, author: 'test', created: 1 }) }]);
    for (const path of ['zones/1', 'zones/ada.test']) expect((await ask(rita, 'GET', path)).status).toBe(200);
    expect((await ask(rita, 'GET', 'zones')).body.zones).toMatchObject([{ id: 1 }]);
    for (const path of ['zones/2', 'zones/bob.test']) expect((await ask(rita, 'GET', path)).status).toBe(404);
  });

  it('shows its TSIG keys to those only who may change that very zone', async () => {
    const { ask, people, ada } = await withZones();
    await people.role('looker', { 'zones:read': 'all', 'zones:update': 'own' });
    const user = await people.user('lou@x.test', { role: 'looker', team: 'dns' });
    const lou = await people.token(user);
    const keysOf = async (token: string) =>
      (await ask(token, 'GET', 'zones')).body.zones.map(
        (zone: { primary_nameservers: { tsig_key: string | null }[] }) => zone.primary_nameservers[0]!.tsig_key,
      );
    expect(await keysOf(lou)).toEqual([null, null]);
    expect((await ask(lou, 'GET', 'zones/bob.test')).body.zone.primary_nameservers).toMatchObject([{ tsig_key: null }]);
    expect(await keysOf(ada)).toEqual(['key-1']);
  });
});
