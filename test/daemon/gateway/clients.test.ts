import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
import { createValidator } from '../../helpers/schema.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;

/** A gateway, a client of it and a server of that client's. */
async function withServer() {
  const clock = fakeClock(Date.now());
  const gateway = await startGateway(open, { speed: Number.POSITIVE_INFINITY }, { clock });
  const token = await gateway.tokenOf('ada@x.test');
  const body = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
  const { id } = (await gateway.ask(token, 'POST', 'servers', body)).body.server as { readonly id: number };
  return { ...gateway, clock, token, id };
}

describe('readings', () => {
  it('asked at many places at once cost a few, and each answer is the one that was asked for', async () => {
    const { ask, token, sandbox, id } = await withServer();
    const before = sandbox.requests.length;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(token, 'GET', index % 2 ? 'servers' : `servers/${id}`)),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ body }) => body.server?.id === id)).toHaveLength(30);
    expect(sandbox.requests.length - before).toBeLessThanOrEqual(4);
  });

  it('show at once what was changed beside the gateway to who asks with no-cache, and within seconds to others', async () => {
    const { ask, token, sandbox, id, clock } = await withServer();
    const nameOf = async (path: string, headers = {}) => {
      const { body } = await ask(token, 'GET', path, undefined, headers);
      return (body.server ?? body.servers[0]).name;
    };
    for (const path of [`servers/${id}`, 'servers']) {
      const before = await nameOf(path);
      const name = `${before}x`;
      sandbox.state.servers.get(id)!.name = name;
      expect(await nameOf(path)).toBe(before);
      expect(await nameOf(path, { 'cache-control': 'no-cache' })).toBe(name);
      sandbox.state.servers.get(id)!.name = `${name}x`;
      await clock.sleep(10_000);
      expect(await nameOf(path)).toBe(`${name}x`);
    }
  });

  it('show what the client itself has changed with the next request', async () => {
    const { ask, token, id } = await withServer();
    for (const name of ['a', 'b', 'c']) {
      await ask(token, 'GET', 'servers');
      await ask(token, 'PUT', `servers/${id}`, { name });
      expect((await ask(token, 'GET', 'servers')).body.servers[0].name).toBe(name);
      expect((await ask(token, 'GET', `servers/${id}`)).body.server.name).toBe(name);
    }
  });
});

const validator = createValidator();

describe.runIf(validator)('every answer', () => {
  it('has the form that Hetzner publishes, also where half of what it names is hidden', async () => {
    const { ask, tokenOf } = await withServer();
    const [ada, boss] = [await tokenOf('eve@x.test'), await tokenOf('boss@x.test', 'admin')];
    const wrong: string[] = [];
    // biome-ignore lint/suspicious/noExplicitAny: each answer has a form of its own, which is what is tried here.
    const call = async (token: string, method: string, path: string, requestBody?: object): Promise<any> => {
      const { status, body: responseBody } = await ask(token, method, path, requestBody);
      const [plain, query] = path.split('?');
      wrong.push(
        ...validator!.checkResponse({ method, path: `/v1/${plain}`, query, requestBody, status, responseBody }),
      );
      if (status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(responseBody)}`);
      return responseBody;
    };
    const make = async (token: string, path: string, body: object) =>
      Object.values(await call(token, 'POST', path, body)).find((one): one is { id: number } => one !== null)!.id;

    const both = [];
    for (const [token, name] of [
      [ada, 'a'],
      [boss, 'b'],
    ] as const) {
      const placement_group = await make(token, 'placement_groups', { name, type: 'spread' });
      const body = { name, server_type: 'cx23', image: 'debian-13', location: 'fsn1', placement_group };
      const server = (await call(token, 'POST', 'servers', body)).server.id;
      both.push({
        ...{ token, server, placement_group },
        network: await make(token, 'networks', { name, ip_range: '10.0.0.0/16' }),
        firewall: await make(token, 'firewalls', { name }),
        volume: (await call(token, 'POST', 'volumes', { name, size: 10, location: 'fsn1' })).volume.id,
        floating_ip: await make(token, 'floating_ips', { name, type: 'ipv4', home_location: 'fsn1' }),
      });
    }
    // The administrator puts the client's things to the own server, and the own things to the client's.
    for (const [one, { server: at }] of [both, both.toReversed()] as [(typeof both)[0], (typeof both)[0]][]) {
      const { network, firewall, volume, floating_ip } = one;
      await call(boss, 'POST', `networks/${network}/actions/add_subnet`, {
        ...{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' },
      });
      await call(boss, 'POST', `servers/${at}/actions/attach_to_network`, { network });
      await call(boss, 'POST', `firewalls/${firewall}/actions/apply_to_resources`, {
        apply_to: [{ type: 'server', server: { id: at } }],
      });
      await call(boss, 'POST', `volumes/${volume}/actions/attach`, { server: at });
      await call(boss, 'POST', `floating_ips/${floating_ip}/actions/assign`, { server: at });
      await call(boss, 'POST', `servers/${at}/actions/create_image`, { description: 'x' });
    }
    const [{ server }, { server: hidden }] = both as [(typeof both)[0], (typeof both)[0]];
    const shown = await call(ada, 'GET', `servers/${server}`);
    expect(shown.server).toMatchObject({ private_net: [], volumes: [], public_net: { firewalls: [] } });
    for (const path of [
      ...['servers', 'volumes', 'networks', 'firewalls', 'placement_groups', 'floating_ips', 'primary_ips', 'images'],
      ...['locations', 'server_types', 'isos', 'load_balancer_types', 'pricing', 'ssh_keys', 'images?type=snapshot'],
      ...['servers/actions', `servers/${server}/actions`, 'volumes/actions'],
    ]) {
      for (const token of [ada, boss]) {
        const answer = await call(token, 'GET', path);
        const [items] = Object.values(answer) as [{ id: number }[]];
        if (/actions|pricing/.test(path)) continue;
        if (token === ada) expect(JSON.stringify(items)).not.toContain(`:${hidden}`);
        for (const { id } of items.slice(0, 3)) await call(token, 'GET', `${path.split('?')[0]}/${id}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('waiting for actions', () => {
  it('works as each client asks for them: one by one, by ids together, or those of a server', async () => {
    const { ask, token, id } = await withServer();
    const ids: number[] = [];
    for (let count = 0; count < 27; count += 1) {
      ids.push((await ask(token, 'POST', `servers/${id}/actions/reboot`)).body.action.id);
    }
    // The library of Go asks for 25 together, in one page of as many.
    const asked = ids
      .slice(0, 25)
      .map(id => `id=${id}`)
      .join('&');
    const together = await ask(token, 'GET', `actions?${asked}&page=1&per_page=50&sort=status&sort=id`);
    expect(together.body.actions.map(({ status }: { status: string }) => status)).toEqual(Array(25).fill('success'));
    const one = await ask(token, 'GET', `actions/${ids[26]}`);
    expect(one.body.action).toMatchObject({ status: 'success', progress: 100 });
    expect((await ask(token, 'GET', `servers/${id}/actions/${ids[0]}`)).body.action.id).toBe(ids[0]);
    expect((await ask(token, 'GET', `servers/actions/${ids[0]}`)).body.action.id).toBe(ids[0]);
    const own = await ask(token, 'GET', `servers/${id}/actions?status=success&sort=id:desc&per_page=2`);
    expect(own.body.actions.map(({ id }: { id: number }) => id)).toEqual([ids[26], ids[25]]);
    expect((await ask(token, 'GET', 'actions/1')).status).toBe(404);
  });

  it('goes on while Hetzner does not answer for a moment, and ends when it stays away', async () => {
    const clock = fakeClock(Date.now(), { auto: false });
    const { ask, tokenOf, sandbox } = await startGateway(open, { actionDuration: 3_600_000 }, { clock });
    const token = await tokenOf('ada@x.test');
    const body = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
    const { id } = (await ask(token, 'POST', 'servers', body)).body.action;
    const poll = async () => (await ask(token, 'GET', `actions?id=${id}`)).status;
    expect(await poll()).toBe(200);
    sandbox.fault({ kind: 'status', status: 502, path: '/actions', times: 1_000 });
    for (let second = 0; second < 20; second += 2) {
      await clock.advance(2_000);
      expect(await poll()).toBe(200);
    }
    await clock.advance(60_000);
    expect(await poll()).toBe(502);
  });
});
