import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
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
});
