import { describe, expect, it } from 'vitest';
import type { Asker, Upstream } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { hasRedis } from '../../../e2e/daemon-two.ts';
import { openSite } from './shared-set-up.ts';

const sizes = { servers: 120, volumes: 40, networks: 60 };

/** Twenty clients, half of them at each daemon, list each collection each second for an hour; gives how many requests that has cost, and how many were refused. */
async function anHour({ clock, hetzner, finish }: ReturnType<typeof openSite>, daemons: readonly [Upstream, Upstream]) {
  for (let second = 0; second < 3600; second += 1) {
    const end = clock.now() + 1_000;
    const asked: Promise<unknown>[] = [];
    for (let client = 0; client < 20; client += 1) {
      const mine: Asker = { tenant: `team-${client}`, urgency: 'read' };
      for (const collection of Object.keys(sizes)) {
        asked.push(daemons[client % 2]!.reader.all(collection, mine));
      }
    }
    if (second % 300 === 150) {
      const change = { method: 'PUT', path: 'servers/1', body: '{}' } as const;
      asked.push(daemons[0].send(change, { tenant: 'ops', urgency: 'write' }));
    }
    await finish(Promise.all(asked));
    await clock.advance(end - clock.now());
  }
  return { sent: hetzner.seen.length, refused: hetzner.refused() };
}

describe.runIf(hasRedis)('an hour in which twenty clients list three collections each second at two daemons', () => {
  it('costs two fifths of the requests at most with one Redis, as with one daemon, and none is refused', {
    timeout: 240_000,
  }, async () => {
    const site = openSite(sizes);
    const [one, other] = await site.pair();
    const { sent, refused } = await anHour(site, [one.upstream, other.upstream]);
    expect(refused).toBe(0);
    expect(sent).toBeGreaterThan(600);
    expect(sent).toBeLessThanOrEqual(0.4 * 3600);
  });

  it('costs twice as many without', { timeout: 240_000 }, async () => {
    const site = openSite(sizes);
    const { sent, refused } = await anHour(site, [site.alone(), site.alone()]);
    expect(refused).toBe(0);
    expect(sent).toBeGreaterThan(0.6 * 3600);
  });
});
