import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/core/api.ts';
import { openProject } from '../../../../src/daemon/gateway/upstream/open-project.ts';
import type { Asker, Upstream } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { type FakeClock, fakeClock } from '../../../helpers/clock.ts';
import { fakeProject, turnOver } from './fake-project.ts';

let clock: FakeClock;
let stop: AbortController;
let hetzner: ReturnType<typeof fakeProject>;
let upstream: Upstream;
/** When each action ends, in clock time. */
let ends: Map<number, number>;
const asker: Asker = { tenant: 'web', urgency: 'read' };

beforeEach(() => {
  clock = fakeClock(undefined, { auto: false });
  stop = new AbortController();
  hetzner = fakeProject(clock, { sizes: { servers: 1, volumes: 1, networks: 1 } });
  ends = new Map();
  hetzner.answer(({ method, url }) => {
    if (method === 'POST') return { status: 201, body: JSON.stringify({ action: actionOf(begin(1, 5_000)) }) };
    if (!url.pathname.endsWith('/actions')) return undefined;
    const ids = url.searchParams.getAll('id').map(Number);
    return { body: JSON.stringify({ actions: ids.filter(id => ends.has(id)).map(actionOf) }) };
  });
  const project = { id: 1, name: 'default', endpoint: 'http://127.0.0.1/v1' };
  upstream = openProject({ project, token: () => 'secret', http: hetzner.http, clock, signal: stop.signal });
});
afterEach(() => stop.abort());

function begin(id: number, takes: number): number {
  ends.set(id, clock.now() + takes);
  return id;
}

function actionOf(id: number): Action {
  const isDone = clock.now() >= ends.get(id)!;
  return {
    ...{ id, command: 'reboot_server', progress: isDone ? 100 : 50, started: '2026-11-23T08:00:00Z', finished: null },
    ...{ status: isDone ? 'success' : 'running', error: null, resources: [{ id: 7, type: 'server' }] },
  };
}

const polls = () => hetzner.lines().filter(line => line.includes('actions?id='));

async function pass(seconds: number, each: () => void = () => {}): Promise<void> {
  for (let half = 0; half < 2 * seconds; half += 1) {
    each();
    await turnOver();
    await clock.advance(500);
    await turnOver();
  }
}

describe('actions', () => {
  it('cost no more requests for a hundred who wait than for one', async () => {
    const count = async (clients: number) => {
      const before = polls().length;
      upstream.actions.follow([actionOf(begin(1000 + clients, 20_000))]);
      const seen: string[] = [];
      await pass(25, () => {
        for (let client = 0; client < clients; client += 1) {
          const mine = { tenant: `team-${client}`, urgency: 'read' } as const;
          void upstream.actions.get([1000 + clients], mine).then(([action]) => seen.push(action!.status));
        }
      });
      expect(seen.at(-1)).toBe('success');
      return polls().length - before;
    };
    const one = await count(1);
    expect(one).toBeLessThanOrEqual(30);
    expect(await count(100)).toBeLessThanOrEqual(one);
  });

  it('that nobody follows are asked for together, twenty-five in one request', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => begin(index + 1, 60_000));
    const all = await Promise.all(ids.map(id => upstream.actions.get([id], asker)));
    expect(all.flat().map(({ id }) => id)).toEqual(ids);
    expect(polls()).toHaveLength(3);
    await upstream.actions.get(ids, asker);
    expect(polls()).toHaveLength(3);
    await clock.advance(1_001);
    await upstream.actions.get([1], asker);
    expect(polls()).toHaveLength(4);
  });

  it('that Hetzner does not know are left out, and the others are given in the order asked for', async () => {
    for (const id of [1, 2]) begin(id, 1_000);
    expect((await upstream.actions.get([2, 99, 1], asker)).map(({ id }) => id)).toEqual([2, 1]);
    ends.delete(1);
    await clock.advance(1_001);
    expect((await upstream.actions.get([2, 1], asker)).map(({ id }) => id)).toEqual([2]);
  });

  it('that have ended are remembered, and cost nothing any more', async () => {
    begin(5, 0);
    await upstream.actions.get([5], asker);
    await clock.advance(3_600_000);
    expect(await upstream.actions.get([5], asker)).toMatchObject([{ status: 'success' }]);
    expect(polls()).toHaveLength(1);
  });

  it('are followed from the change that began them, and touch what they changed when they end', async () => {
    await upstream.send({ method: 'POST', path: 'servers/7/actions/reboot' }, { tenant: 'web', urgency: 'write' });
    await pass(3);
    const during = await upstream.reader.all('servers', asker);
    const volumes = await upstream.reader.all('volumes', asker);
    await pass(1);
    expect(await upstream.reader.all('servers', asker)).toBe(during);
    await pass(2);
    expect(polls().length).toBeGreaterThan(5);
    const after = polls().length;
    expect(await upstream.reader.all('servers', asker)).not.toBe(during);
    expect(await upstream.reader.all('volumes', asker)).toBe(volumes);
    await pass(10);
    expect(polls()).toHaveLength(after);
  });

  it('are followed on when Hetzner was away for a while', async () => {
    upstream.actions.follow([actionOf(begin(3, 120_000))]);
    await pass(2);
    hetzner.answer(() => ({ status: 503, body: '{"error":{"code":"unavailable","message":"away"}}' }));
    await pass(20);
    hetzner.answer(({ url }) => {
      const ids = url.searchParams.getAll('id').map(Number);
      return { body: JSON.stringify({ actions: ids.map(actionOf) }) };
    });
    const before = polls().length;
    await pass(120);
    expect(polls().length).toBeGreaterThan(before + 10);
    const after = polls().length;
    expect(await upstream.actions.get([3], asker)).toMatchObject([{ status: 'success' }]);
    expect(polls()).toHaveLength(after);
  });
});
