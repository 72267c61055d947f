import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';
import { fakeProject, turnOver } from './upstream/fake-project.ts';

const { open } = stores[0]!;
const hour = 3600;

/** A gateway before a Hetzner in memory with 120 servers, both in a time that the test moves on. */
async function startLoad() {
  const clock = fakeClock(undefined, { auto: false });
  const hetzner = fakeProject(clock, { sizes: { servers: 120 } });
  const gateway = await startGateway(open, {}, { clock, http: hetzner.http });
  const { store, tools, people } = gateway;
  const expires = clock.now() + 2 * hour * 1000;
  /** A token of somebody new, who owns the server of that number. */
  async function client(number: number): Promise<string> {
    const user = await people.user(`client-${number}@x.test`);
    const about = { project: 1, type: 'servers', owner: `user-${user}`, author: 'the test' };
    const { steps, apply } = tools.ownership.write([{ kind: 'own', id: number, ...about }]);
    await store.commit(steps);
    apply();
    return people.token(user, { expires });
  }
  /** Lets so many seconds go by, each of which begins with `each`. */
  async function pass(seconds: number, each: (second: number) => void) {
    for (let second = 0; second < seconds; second += 1) {
      each(second);
      await turnOver();
      await clock.advance(1000);
      await turnOver();
    }
  }
  return { ...gateway, clock, hetzner, client, pass };
}

describe('the gateway under load', () => {
  it('serves twenty clients that list each second for an hour: two fifths of the requests, no 429, and a change sent within two seconds', {
    timeout: 240_000,
  }, async () => {
    const { ask, client, clock, hetzner, pass } = await startLoad();
    hetzner.answer(({ method, url }) =>
      method === 'PUT' || url.pathname.endsWith('/servers/1') ? { body: '{"server":{"id":1,"labels":{}}}' } : undefined,
    );
    const tokens: string[] = [];
    for (let number = 1; number <= 20; number += 1) tokens.push(await client(number));
    const lists = new Map<string, number>();
    const changes: { readonly begun: number; status?: number }[] = [];
    await pass(hour, second => {
      for (const [index, token] of tokens.entries()) {
        void ask(token, 'GET', 'servers').then(({ status, body }) => {
          const ids = body.servers?.map((one: { id: number }) => one.id);
          const seen = `${status} ${JSON.stringify(ids) === `[${index + 1}]` ? 'its own' : 'other'}`;
          lists.set(seen, (lists.get(seen) ?? 0) + 1);
        });
      }
      if (second % 300 !== 150) return;
      const change: (typeof changes)[number] = { begun: clock.now() };
      changes.push(change);
      void ask(tokens[0]!, 'PUT', 'servers/1', { labels: { second: String(second) } }).then(({ status }) => {
        change.status = status;
      });
    });
    expect([...lists]).toEqual([['200 its own', 20 * hour]]);
    expect(hetzner.refused()).toBe(0);
    expect(hetzner.seen.length).toBeGreaterThan(600);
    expect(hetzner.seen.length).toBeLessThanOrEqual(0.4 * 3600);
    expect(changes.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const sent = hetzner.seen.filter(({ line }) => line.startsWith('PUT')).map(({ at }) => at);
    expect(sent).toHaveLength(12);
    expect(Math.max(...sent.map((at, index) => at - changes[index]!.begun))).toBeLessThanOrEqual(2000);
  });

  it('asks Hetzner for an action no more often for a hundred who wait than for one', async () => {
    const { ask, clock, client, hetzner, pass, people } = await startLoad();
    let ends = 0;
    let action = 0;
    const begun = () => ({
      ...{ id: action, command: 'reboot_server', started: '2026-11-23T08:00:00Z', finished: null, error: null },
      ...{ status: clock.now() < ends ? 'running' : 'success', progress: clock.now() < ends ? 50 : 100 },
      resources: [{ id: 1, type: 'server' }],
    });
    hetzner.answer(({ method, url: { pathname } }) => {
      if (method === 'POST') return { status: 201, body: JSON.stringify({ action: begun() }) };
      if (pathname.endsWith('/actions')) return { body: JSON.stringify({ actions: [begun()] }) };
      return pathname.endsWith('/servers/1') ? { body: '{"server":{"id":1,"labels":{}}}' } : undefined;
    });
    const [owner] = [await client(1)];
    const boss = await people.user('boss@x.test', { role: 'admin' });
    const expires = clock.now() + 2 * hour * 1000;
    const waiting = [owner];
    while (waiting.length < 100) waiting.push(await people.token(boss, { expires }));
    const count = async (clients: readonly string[]) => {
      action += 1;
      ends = clock.now() + 30_000;
      const before = hetzner.seen.length;
      const states: string[] = [];
      const made = ask(owner, 'POST', 'servers/1/actions/reboot');
      await pass(1, () => {});
      expect((await made).status).toBe(201);
      await pass(40, () => {
        for (const token of clients) {
          void ask(token, 'GET', `actions?id=${action}`).then(({ body }) => states.push(body.actions[0].status));
        }
      });
      expect(states).toHaveLength(40 * clients.length);
      expect(states.slice(-clients.length)).toEqual(clients.map(() => 'success'));
      return hetzner
        .lines()
        .slice(before)
        .filter(line => line.includes('actions?id=')).length;
    };
    const one = await count([owner]);
    expect(one).toBeGreaterThan(5);
    expect(one).toBeLessThanOrEqual(35);
    expect(await count(waiting)).toBeLessThanOrEqual(one);
  });
});
