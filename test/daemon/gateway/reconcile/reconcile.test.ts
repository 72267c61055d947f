import { describe, expect, it, vi } from 'vitest';
import { createReconciler, startReconciler } from '../../../../src/daemon/gateway/reconcile/index.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { stores } from '../../../helpers/stores.ts';
import { server, startOwning } from '../owners-set-up.ts';

const [minute, day] = [60_000, 86_400_000];
const outside: Asker = { tenant: 'outside', urgency: 'write' };

describe.each(stores)('the reconciler on $name', ({ open }) => {
  async function start() {
    const owning = await startOwning(open, { rateLimit: 100_000 });
    const { tools, store, upstreams, tokenOf } = owning;
    const signal = new AbortController().signal;
    const reconciler = createReconciler({ ...tools, upstreams, random: Math.random, signal });
    const ada = await tokenOf('ada@x.test');
    /** So many rounds that every collection had its turn. */
    const rounds = async () => {
      for (let round = 0; round < 5; round += 1) await reconciler.round();
    };
    /** A request with the token of the project, beside the daemon. */
    const beside = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
      const answer = await upstreams
        .find(1)!
        .send({ method, path, ...(body && { body: JSON.stringify(body) }) }, outside);
      upstreams.find(1)!.reader.touch(['servers', 'networks']);
      return answer.body === '' ? undefined : JSON.parse(answer.body);
    };
    const entries = async (action: string) =>
      store.db.selectFrom('audit').selectAll().where('action', 'like', action).orderBy('seq').execute();
    return { ...owning, reconciler, rounds, ada, beside, entries };
  }

  it('finds the server whose answer was lost, with its addresses and its actions', async () => {
    const { ask, ada, rounds, reconciler, move, sandbox, store, entries, serve } = await start();
    // The answers are lost, and so is everything that could tell what was made.
    sandbox.fault({ method: 'POST', path: '/servers', kind: 'lost' });
    sandbox.fault({ method: 'GET', path: '/servers', kind: 'status', status: 503, code: 'unavailable', times: 20 });
    const lost = await ask(ada, 'POST', 'servers', server('web-1'));
    expect(lost.status).toBe(503);
    const [made] = [...sandbox.state.servers.values()];
    expect(made).toBeDefined();
    // Hetzner answers again after a while.
    for (let tries = 0; tries < 20; tries += 1) await reconciler.round();
    const intent = () => store.db.selectFrom('intents').select(['state', 'resource_id']).executeTakeFirstOrThrow();
    expect((await intent()).state).toBe('open');
    move(minute);
    await rounds();
    expect(await intent()).toEqual({ state: 'made', resource_id: made!.id });
    expect(await serve('owner', 'list', { token: ada })).toHaveLength(3);
    expect(await entries('owner.adopt')).toMatchObject([{ actor: 'system', target_id: String(made!.id) }]);
    // Nobody is told that it was made beside the daemon.
    move(5 * minute);
    await rounds();
    expect(await store.db.selectFrom('audit').selectAll().where('actor', '=', 'outside').execute()).toEqual([]);
  });

  it('gives up what Hetzner never made, after its grace', async () => {
    const { ask, ada, rounds, move, sandbox, store } = await start();
    sandbox.fault({ method: 'POST', path: '/servers', kind: 'reset' });
    await ask(ada, 'POST', 'servers', server('web-1'));
    const state = async () => (await store.db.selectFrom('intents').select('state').executeTakeFirstOrThrow()).state;
    move(5 * minute);
    await rounds();
    expect(await state()).toBe('open');
    move(6 * minute);
    await rounds();
    expect(await state()).toBe('not-made');
  });

  it('repairs labels that were wiped or changed outside, keeps all others, and believes the store', async () => {
    const { ask, ada, rounds, beside, sandbox, entries } = await start();
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    await beside('PUT', `servers/${id}`, { labels: { env: 'prod', 'cloudctl/owner': 'user-2' } });
    await rounds();
    expect(sandbox.state.servers.get(id)?.labels).toEqual({ env: 'prod', 'cloudctl/owner': 'user-1' });
    expect((await ask(ada, 'GET', 'servers')).body.servers).toHaveLength(1);
    const repaired = await entries('owner.repair');
    expect(repaired.filter(({ target_type }) => target_type === 'server')).toMatchObject([
      { result: 'begun', difference: '{"owner":["user-2","user-1"]}' },
      { result: 'done' },
    ]);
    const puts = () => sandbox.requests.filter(({ method }) => method === 'PUT').length;
    const before = puts();
    await rounds();
    expect(puts()).toBe(before);
  });

  it('enters once that a label cannot be repaired, until that is refused otherwise or done', async () => {
    const { ask, ada, rounds, beside, sandbox, entries } = await start();
    const { id } = (await ask(ada, 'POST', 'networks', { name: 'net', ip_range: '10.0.0.0/16' })).body.network;
    await beside('PUT', `networks/${id}`, { labels: { env: 'prod' } });
    const refuse = (code: string) =>
      sandbox.fault({ method: 'PUT', path: `/networks/${id}`, kind: 'status', status: 403, code, times: 3 });
    const told = async () => (await entries('owner.repair')).map(({ result, of_seq }) => [result, of_seq !== null]);
    refuse('forbidden');
    for (let time = 0; time < 3; time += 1) await rounds();
    expect(await told()).toEqual([
      ['begun', false],
      ['refused', true],
    ]);
    refuse('token_readonly');
    for (let time = 0; time < 3; time += 1) await rounds();
    expect(await told()).toHaveLength(3);
    await rounds();
    expect((await told()).slice(2)).toEqual([
      ['refused', true],
      ['done', true],
    ]);
    expect(new Set((await entries('owner.repair')).map(({ of_seq }) => of_seq)).size).toBe(2);
    // Later it is another deed.
    await beside('PUT', `networks/${id}`, { labels: { env: 'prod' } });
    await rounds();
    expect((await told()).slice(4)).toEqual([
      ['begun', false],
      ['done', true],
    ]);
  });

  it('lets labels that cannot be repaired keep nothing else from its turn', async () => {
    const { ask, ada, rounds, beside, sandbox, serve } = await start();
    const make = async (name: string, range: number) =>
      (await ask(ada, 'POST', 'networks', { name, ip_range: `10.${range}.0.0/16` })).body.network.id;
    const stuck = await Promise.all(Array.from({ length: 20 }, (_, index) => make(`net-${index}`, index)));
    const last = await make('last', 20);
    for (const id of stuck) await beside('PUT', `networks/${id}`, { labels: {} });
    sandbox.fault({ method: 'PUT', path: '/networks/*', kind: 'status', status: 403, code: 'forbidden', times: 1000 });
    await rounds();
    await beside('DELETE', `networks/${last}`);
    await rounds();
    const left = (await serve('owner', 'list')) as unknown as { readonly resource: number }[];
    expect(left.map(({ resource }) => resource).sort()).toEqual([...stuck].sort());
  });

  it('adopts strays whose label names an owner that there is, and no others', async () => {
    const { ask, ada, rounds, beside, serve } = await start();
    const net = (name: string, owner?: string) =>
      beside('POST', 'networks', { name, ip_range: '10.0.0.0/16', labels: owner ? { 'cloudctl/owner': owner } : {} });
    await net('mine', 'user-1');
    await net('ghost', 'user-77');
    await net('nobody');
    await rounds();
    expect(await serve('owner', 'list')).toMatchObject([{ type: 'networks', owner: 'user-1', resource_name: 'mine' }]);
    expect((await ask(ada, 'GET', 'networks')).body.networks).toMatchObject([{ name: 'mine', labels: {} }]);
  });

  it('closes what is gone, and opens it again when it is back', async () => {
    const { ask, ada, rounds, beside, serve, store } = await start();
    const body = { name: 'net', ip_range: '10.0.0.0/16' };
    const { id } = (await ask(ada, 'POST', 'networks', body)).body.network;
    await rounds();
    expect(await serve('owner', 'list')).toMatchObject([{ closed: null }]);
    await beside('DELETE', `networks/${id}`);
    await rounds();
    expect(await serve('owner', 'list')).toEqual([]);
    expect(await serve('owner', 'list', { closed: true })).toMatchObject([
      { owner: 'user-1', closed: expect.any(String) },
    ]);
    const { id: other } = (await ask(ada, 'POST', 'networks', { ...body, name: 'two' })).body.network;
    await store.commit([{ query: store.db.updateTable('ownerships').set({ closed: 1 }) }]);
    await rounds();
    expect(await serve('owner', 'list')).toMatchObject([{ resource: other, closed: null }]);
  });

  it('tells once of what was done beside the daemon, and of nothing that went through it or was there before', async () => {
    const { ask, ada, rounds, beside, move, entries, store } = await start();
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    await beside('POST', `servers/${id}/actions/reboot`);
    move(10 * minute);
    await rounds();
    const told = async () => store.db.selectFrom('audit').selectAll().where('actor', '=', 'outside').execute();
    expect(await told()).toEqual([]);
    await ask(ada, 'POST', `servers/${id}/actions/reboot`);
    const { action } = await beside('POST', `servers/${id}/actions/enable_rescue`, { type: 'linux64' });
    move(2 * minute);
    await rounds();
    // It might still be entered who began it.
    expect(await told()).toEqual([]);
    move(5 * minute);
    await rounds();
    await rounds();
    expect(await told()).toMatchObject([
      {
        action: 'server.enable_rescue',
        target_type: 'server',
        target_id: String(id),
        target_name: 'web-1',
        result: 'done',
      },
    ]);
    expect(JSON.parse((await told())[0]!.difference!)).toEqual({ project: 'default', action: action.id });
    expect(await entries('server.%')).not.toHaveLength(0);
  });

  it('forgets after a month who began what, and what was settled', async () => {
    const { ask, ada, rounds, move, store } = await start();
    await ask(ada, 'POST', 'servers', server('web-1'));
    const count = async (table: 'deeds' | 'intents') =>
      (await store.db.selectFrom(table).select('created').execute()).length;
    expect(await count('intents')).toBe(1);
    move(31 * day);
    await rounds();
    expect(await count('deeds')).toBe(0);
    expect(await count('intents')).toBe(0);
  });

  it('goes on when a part of Hetzner does not answer', async () => {
    const { rounds, reconciler, beside, serve, sandbox } = await start();
    await beside('POST', 'networks', { name: 'n', ip_range: '10.0.0.0/16', labels: { 'cloudctl/owner': 'user-1' } });
    sandbox.fault({ path: '/servers', kind: 'status', status: 503, code: 'unavailable', times: 100 });
    await rounds();
    expect(await serve('owner', 'list')).toHaveLength(1);
    expect(reconciler.report()).toMatchObject({ mended: { adopt: 1 } });
  });
});

describe('of several daemons', () => {
  it('one has a round each minute, until it is stopped', async () => {
    const mysql = stores.find(({ name }) => name === 'MySQL');
    if (!mysql) return;
    const { tools, upstreams, sandbox } = await startOwning(mysql.open);
    const clock = fakeClock(undefined, { auto: false });
    const signal = new AbortController().signal;
    const running = [1, 2].map(seed => startReconciler({ ...tools, clock, upstreams, random: () => seed / 3, signal }));
    // The time stands while one of them asks.
    await vi.waitFor(async () => {
      if (sandbox.requests.length === 0) await clock.advance(20_000);
      expect(sandbox.requests.length).toBeGreaterThan(0);
    });
    const leading = () => running.filter(({ report }) => report().at !== null);
    await vi.waitFor(() => expect(leading()).toHaveLength(1), { timeout: 10_000 });
    await Promise.all(running.map(({ stop }) => stop()));
  });
});
