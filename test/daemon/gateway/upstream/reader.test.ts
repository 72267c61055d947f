import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../../src/core/failure.ts';
import { openProject } from '../../../../src/daemon/gateway/upstream/open-project.ts';
import { lifeOf } from '../../../../src/daemon/gateway/upstream/reader.ts';
import type { Asker, Upstream } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { type FakeClock, fakeClock } from '../../../helpers/clock.ts';
import { fakeProject, turnOver } from './fake-project.ts';

let clock: FakeClock;
let stop: AbortController;
let hetzner: ReturnType<typeof fakeProject>;
let upstream: Upstream;
const asker: Asker = { tenant: 'web', urgency: 'read' };

function open(sizes: Readonly<Record<string, number>> = { servers: 120 }): void {
  clock = fakeClock(undefined, { auto: false });
  stop = new AbortController();
  hetzner = fakeProject(clock, { sizes });
  const project = { id: 1, name: 'default', endpoint: 'http://127.0.0.1/v1' };
  upstream = openProject({ project, token: () => 'secret', http: hetzner.http, clock, signal: stop.signal });
}
beforeEach(() => open());
afterEach(() => stop.abort());

describe('a picture', () => {
  it('is given again until it is as old as reading the collections in use in turn allows', async () => {
    const first = await upstream.reader.all('servers', asker);
    // Three pages, at 35 % of one request a second.
    const life = lifeOf(3, 3600);
    expect(life).toBe(8_572);
    await clock.advance(life - 1);
    expect(await upstream.reader.all('servers', asker)).toBe(first);
    await clock.advance(1);
    expect(await upstream.reader.all('servers', asker)).not.toBe(first);
    expect(upstream.report()).toMatchObject({ hits: 1, misses: 2 });
  });

  it('is never thought good for less than two seconds, whatever the project has', () => {
    expect(lifeOf(1, 1_000_000)).toBe(2_000);
  });

  it('read before a change is not given after it, though it is read while the change is made', async () => {
    const { release } = hetzner.hold();
    const before = upstream.reader.all('servers', asker);
    await turnOver();
    upstream.reader.touch(['servers']);
    const after = upstream.reader.all('servers', asker);
    const too = upstream.reader.all('servers', asker);
    await turnOver();
    expect(hetzner.seen).toHaveLength(1);
    release();
    const pictures = await Promise.all([before, after, too]);
    expect(pictures[1]).not.toBe(pictures[0]);
    expect(pictures[2]).toBe(pictures[1]);
    expect(await upstream.reader.all('servers', asker)).toBe(pictures[1]);
  });

  it('is read anew for who wants it fresh, once for all who want it so', async () => {
    const first = await upstream.reader.all('servers', asker);
    const fresh = await Promise.all([1, 2, 3].map(() => upstream.reader.all('servers', asker, { fresh: true })));
    expect(new Set(fresh).size).toBeLessThanOrEqual(2);
    for (const picture of fresh) expect(picture).not.toBe(first);
  });

  it('of the catalogue is given at once when it is old, and read anew for the next', async () => {
    open({ server_types: 30 });
    const first = await upstream.reader.all('server_types', asker);
    await clock.advance(3_599_999);
    expect(await upstream.reader.all('server_types', asker)).toBe(first);
    await turnOver();
    expect(hetzner.seen).toHaveLength(1);
    await clock.advance(1);
    expect(await upstream.reader.all('server_types', asker)).toBe(first);
    await turnOver();
    expect(hetzner.seen).toHaveLength(2);
    expect(await upstream.reader.all('server_types', asker)).not.toBe(first);
  });

  it('that cannot be read fails for all who wait, for a second, and is then tried anew', async () => {
    hetzner.answer(() => ({ status: 403, body: '{"error":{"code":"forbidden","message":"no"}}' }));
    const failures = await Promise.allSettled([1, 2, 3].map(() => upstream.reader.all('servers', asker)));
    expect(failures.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    await expect(upstream.reader.all('servers', asker)).rejects.toMatchObject({ code: 'forbidden' });
    expect(hetzner.seen).toHaveLength(1);
    hetzner.answer(undefined);
    await clock.advance(1_000);
    expect((await upstream.reader.all('servers', asker)).items).toHaveLength(120);
  });

  it('goes on being read for the others when one who waits has gone', async () => {
    const gone = new AbortController();
    const { release } = hetzner.hold();
    const left = upstream.reader.all('servers', { ...asker, signal: gone.signal });
    const stays = upstream.reader.all('servers', asker);
    await turnOver();
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: 'interrupted' });
    release();
    expect((await stays).items).toHaveLength(120);
  });

  it('that somebody wants now does not wait for one that is read in the background', async () => {
    const { release } = hetzner.hold();
    const late = upstream.reader.all('servers', { tenant: 'daemon', urgency: 'background' });
    await turnOver();
    const soon = upstream.reader.all('servers', asker);
    await turnOver();
    expect(hetzner.seen).toHaveLength(2);
    // And who has time waits for the one that is more urgent.
    const joined = upstream.reader.all('servers', { tenant: 'daemon', urgency: 'background' });
    await turnOver();
    expect(hetzner.seen).toHaveLength(2);
    release();
    const [first, second, third] = await Promise.all([late, soon, joined]);
    expect(first).not.toBe(second);
    expect([first, second]).toContain(third);
  });
});

describe('one answer', () => {
  it('is shared and kept for a moment, that of metrics for longer, with its status and headers', async () => {
    hetzner.answer(({ url }) => ({ body: JSON.stringify({ path: url.pathname }), headers: { link: 'next' } }));
    const get = (path: string) => upstream.reader.get(path, asker);
    const got = await Promise.all([get('servers/1'), get('servers/1'), get('servers/1/metrics?type=cpu')]);
    expect(got[0]).toMatchObject({ status: 200, body: { path: '/v1/servers/1' }, headers: { link: 'next' } });
    expect(hetzner.seen).toHaveLength(2);
    await clock.advance(1_499);
    await get('servers/1');
    expect(hetzner.seen).toHaveLength(2);
    await clock.advance(1);
    await get('servers/1');
    await get('servers/1/metrics?type=cpu');
    expect(hetzner.seen).toHaveLength(3);
    upstream.reader.touch(['servers']);
    await get('servers/1/metrics?type=cpu');
    expect(hetzner.seen).toHaveLength(4);
  });

  it('is asked for once more when the connection broke, and then given up', async () => {
    let breaks = 1;
    hetzner.answer(() => {
      if (breaks-- > 0) throw new Failure('unreachable', 'the connection was closed');
      return {};
    });
    expect(await upstream.reader.get('servers/1', asker)).toMatchObject({ status: 200 });
    breaks = 2;
    await expect(upstream.reader.get('servers/2', asker)).rejects.toMatchObject({ code: 'unreachable' });
    expect(hetzner.seen).toHaveLength(4);
  });

  it('that is no good one is given as it is and not kept', async () => {
    hetzner.answer(() => ({ status: 404, body: '{"error":{"code":"not_found"}}' }));
    const got = await upstream.reader.get('servers/9', asker);
    expect(got).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    await upstream.reader.get('servers/9', asker);
    expect(hetzner.seen).toHaveLength(2);
    hetzner.answer(() => ({ status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }));
    expect(await upstream.reader.get('servers/9', asker)).toMatchObject({ status: 502, body: undefined });
  });
});

/** Lets an hour go by, each second of which begins with `each`. */
async function anHour(each: (second: number) => void): Promise<void> {
  for (let second = 0; second < 3600; second += 1) {
    each(second);
    await new Promise(setImmediate);
    await clock.advance(1_000);
    await new Promise(setImmediate);
  }
  await turnOver();
}

/** Has something changed by somebody who changes little; how long each change waited is told at the end. */
function changeNow(): void {
  begun.push(clock.now());
  void upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, { tenant: 'ops', urgency: 'write' });
}
let begun: number[] = [];
beforeEach(() => {
  begun = [];
});
const waits = () =>
  hetzner.seen.filter(({ line }) => line.startsWith('PUT')).map(({ at }, index) => at - begun[index]!);

describe('an hour', () => {
  it('in which twenty clients list three collections each second costs two fifths of the requests at most, none is refused, and a change is sent within two seconds', async () => {
    open({ servers: 120, volumes: 40, networks: 60 });
    await anHour(second => {
      for (let client = 0; client < 20; client += 1) {
        const mine: Asker = { tenant: `team-${client}`, urgency: 'read' };
        for (const collection of ['servers', 'volumes', 'networks']) void upstream.reader.all(collection, mine);
      }
      if (second % 300 === 150) changeNow();
    });
    expect(hetzner.refused()).toBe(0);
    expect(hetzner.seen.length).toBeGreaterThan(600);
    expect(hetzner.seen.length).toBeLessThanOrEqual(1440);
    expect(waits()).toHaveLength(12);
    expect(Math.max(...waits())).toBeLessThanOrEqual(2_000);
  });

  it('in which one tenant reads five times what there is leaves the others their turns and changes their tenth', async () => {
    const outcomes = { greedy: 0, limited: 0, modest: 0 };
    hetzner.answer(() => ({}));
    await anHour(second => {
      for (let each = 0; each < 5; each += 1) {
        const path = `servers/${second * 5 + each}`;
        upstream.reader.get(path, { tenant: 'greedy', urgency: 'read' }).then(
          () => (outcomes.greedy += 1),
          () => (outcomes.limited += 1),
        );
      }
      if (second % 10 === 0)
        void upstream.reader
          .get(`volumes/${second}`, { tenant: 'modest', urgency: 'read' })
          .then(() => (outcomes.modest += 1));
      if (second % 60 === 59) changeNow();
    });
    expect(hetzner.refused()).toBe(0);
    expect(outcomes.modest).toBe(360);
    // What there is and what comes back in the hour goes to it, and the rest is told to come later.
    expect(outcomes.greedy).toBeGreaterThan(6_000);
    expect(outcomes.limited).toBeGreaterThan(10_000);
    expect(waits()).toHaveLength(60);
    expect(Math.max(...waits())).toBeLessThanOrEqual(2_000);
  });
});
