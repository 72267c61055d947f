import { describe, expect, it, onTestFinished } from 'vitest';
import { changesOf, type Judged, judge } from '../../../src/core/samples/states.ts';
import { stateServers } from '../../../src/daemon/metrics/states.ts';
import { stores } from '../../helpers/stores.ts';

const now = Date.parse('2026-11-25T00:00:00Z');
const server = (more: Partial<Judged> = {}): Judged => ({
  ...{ id: 1, name: 'web-1', type: 'cx22', image: 'debian-11', outgoing: 0, included: 1000 },
  ...{ typeEnds: null, imageEnds: null },
  ...more,
});
const found = (more: Partial<Judged>) =>
  [...judge([server(more)], undefined, now).values()].map(([{ key, severity, summary }]) => [key, severity, summary]);

describe('what the list of servers tells', () => {
  it('is traffic from 80 and from 100 percent of what is included', () => {
    expect(found({ outgoing: 799 })).toEqual([]);
    expect(found({ outgoing: 800 })).toEqual([['traffic/1', 'warning', 'web-1 has sent 80 % of its included traffic']]);
    expect(found({ outgoing: 1000 })[0]?.[1]).toBe('critical');
    expect(found({ outgoing: null })).toEqual([]);
    expect(found({ included: 0 })).toEqual([]);
  });

  it('is types and images that are withdrawn, more urgent in the last month', () => {
    const soon = found({ imageEnds: '2026-11-30T00:00:00Z' });
    expect(soon).toEqual([
      ['deprecation/1', 'warning', 'web-1 uses what can be had for some time only: image debian-11 until 2026-11-30'],
    ]);
    expect(found({ typeEnds: '2027-06-01T00:00:00Z' })[0]?.[1]).toBe('info');
  });

  it('is that few requests are left', () => {
    const budget = { limit: 3600, left: 100, at: now, next: 0 };
    expect([...judge([], budget, now).keys()]).toEqual(['requests']);
    expect([...judge([], budget, now + 600_000).keys()]).toEqual([]);
  });

  it('is told when it changes, and when it is over', () => {
    const first = changesOf({}, judge([server({ outgoing: 800 })], undefined, now), now);
    expect(first.changed).toHaveLength(1);
    const same = changesOf(first.firing, judge([server({ outgoing: 850 })], undefined, now), now);
    expect(same.changed).toEqual([]);
    const worse = changesOf(same.firing, judge([server({ outgoing: 1200 })], undefined, now), now);
    expect(worse.changed.map(({ severity }) => severity)).toEqual(['critical']);
    const over = changesOf(worse.firing, judge([], undefined, now), now);
    expect(over.changed).toMatchObject([{ key: 'traffic/1', firing: false }]);
    expect(over.firing).toEqual({});
  });
});

describe.each(stores)('states on $name', ({ open }) => {
  it('are written once for each change, however often and by however many they are judged', async () => {
    const store = await open();
    onTestFinished(() => store.close());
    const look = (more: Partial<Judged>) => stateServers(store, [server(more)], undefined, now);
    expect(await look({})).toBe(0);
    const counts = await Promise.all([look({ outgoing: 900 }), look({ outgoing: 900 })]);
    expect(counts[0]! + counts[1]!).toBe(1);
    expect(await look({ outgoing: 950 })).toBe(0);
    expect(await look({})).toBe(1);
    const rows = await store.db.selectFrom('conditions').select(['subject', 'firing']).orderBy('id').execute();
    expect(rows).toEqual([
      { subject: 'traffic/1', firing: 1 },
      { subject: 'traffic/1', firing: 0 },
    ]);
  });
});
