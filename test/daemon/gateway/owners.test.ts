import { describe, expect, it } from 'vitest';
import { stores } from '../../helpers/stores.ts';
import { server, startOwning } from './owners-set-up.ts';

describe.each(stores)('owners on $name', ({ open }) => {
  it('are listed with what belongs to them, to clients their own only', async () => {
    const { ask, tokenOf, serve } = await startOwning(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    await ask(bob, 'POST', 'networks', { name: 'net', ip_range: '10.0.0.0/16' });
    const rows = await serve('owner', 'list');
    expect(rows).toHaveLength(4);
    expect(await serve('owner', 'list', { type: 'servers' })).toMatchObject([
      {
        name: `servers/${id}`,
        owner: 'user-1',
        project: 'default',
        resource: id,
        resource_name: 'web-1',
        closed: null,
      },
    ]);
    expect(await serve('owner', 'list', { token: bob })).toMatchObject([{ type: 'networks', owner: 'user-2' }]);
    expect(await serve('owner', 'list', { token: bob, owner: 'user-1' })).toEqual([]);
    const theirs = rows.find(({ type }: { type: string }) => type === 'servers').id;
    await expect(serve('owner', 'describe', { token: bob, id: theirs })).rejects.toMatchObject({ code: 'not_found' });
    expect(await serve('owner', 'describe', { token: ada, id: theirs })).toMatchObject({ owner: { owner: 'user-1' } });
    await expect(serve('owner', 'list', { project: 'none' })).rejects.toThrow('project not found: none');
  });

  it('give a server away with the addresses that it came with, and its label follows', async () => {
    const { ask, tokenOf, serve, sandbox } = await startOwning(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const made = (await ask(ada, 'POST', 'servers', server('web-1', { labels: { env: 'prod' } }))).body.server;
    const give = (input: object) =>
      serve('owner', 'transfer', { type: 'servers', id: made.id, to: 'user-2', ...input });
    await expect(give({ token: ada })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(give({ to: 'user-9' })).rejects.toThrow("no owner 'user-9'");
    await expect(give({ id: 4711 })).rejects.toThrow('server not found: 4711');
    expect(await give({})).toMatchObject({ owner: { owner: 'user-2', author: 'root@socket' }, notices: [] });
    expect((await ask(ada, 'GET', 'servers')).body.servers).toEqual([]);
    expect((await ask(ada, 'GET', 'primary_ips')).body.primary_ips).toEqual([]);
    expect((await ask(bob, 'GET', `servers/${made.id}`)).body.server.labels).toEqual({ env: 'prod' });
    expect((await ask(bob, 'GET', 'primary_ips')).body.primary_ips).toHaveLength(2);
    expect(sandbox.state.servers.get(made.id)?.labels).toMatchObject({ 'cloudctl/owner': 'user-2', env: 'prod' });
  });

  it('are told nothing more of what they made and what was given away, also by the key that it was made with', async () => {
    const { ask, tokenOf, serve, store, sandbox } = await startOwning(open);
    const [ada] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const network = { name: 'net', ip_range: '10.0.0.0/16' };
    const make = () => ask(ada, 'POST', 'networks', network, { 'idempotency-key': 'once' });
    const { id } = (await make()).body.network;
    await serve('owner', 'transfer', { type: 'networks', id, to: 'user-2' });
    sandbox.state.networks.get(id)!.name = 'bobs-plan';
    // As it is after a day.
    await store.commit([{ query: store.db.deleteFrom('meta').where('name', 'like', 'repeat:%') }]);
    const again = await make();
    expect(again).toMatchObject({ status: 422, body: { error: { code: 'invalid_input' } } });
    expect(again.body.error.message).toContain('not yours any more');
    expect(sandbox.state.networks.size).toBe(1);
  });

  it('get what was made outside, and keep it also when the label cannot follow yet', async () => {
    const { ask, tokenOf, serve, sandbox, upstreams } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    const asker = { tenant: 'outside', urgency: 'write' } as const;
    const body = JSON.stringify({ name: 'net', ip_range: '10.0.0.0/16' });
    const answer = await upstreams.find(1)!.send({ method: 'POST', path: 'networks', body }, asker);
    const { id } = JSON.parse(answer.body).network;
    sandbox.fault({ method: 'PUT', kind: 'status', status: 423, code: 'locked' });
    const given = await serve('owner', 'transfer', { type: 'networks', id, to: 'user-1' });
    expect(given.notices).toEqual([
      expect.stringMatching(`networks/${id} belongs to user-1; its label at Hetzner follows later`),
    ]);
    expect((await ask(ada, 'GET', 'networks')).body.networks).toHaveLength(1);
  });
});
