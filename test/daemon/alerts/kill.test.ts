import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { stores } from '../../helpers/stores.ts';
import type { Point } from '../simulate/crash.ts';
import {
  type Fault,
  type Listener,
  type Listeners,
  listeners,
  liveThrough,
  lost,
  openListeners,
  told,
} from './life.ts';

type Kind = 'kill' | 'error';

const interruptions: Record<Kind, Fault> = {
  kill: (_, process) => process.kill(),
  error() {
    throw new Error(lost);
  },
};

/** A kill before something is a kill after what was before that; a commit that fails may have come about or not. */
const matters: Record<Kind, (point: Point) => boolean> = {
  kill: point => point.includes(' after '),
  error: point => !point.endsWith('GET servers'),
};

/** Lives through an outage of two servers and interrupts it at the n-th point; which points there were. */
async function interrupt(store: Store, heard: Listeners, kind: Kind, at: number): Promise<Point[]> {
  const points: Point[] = [];
  await liveThrough(store, heard, (point, process) => {
    points.push(point);
    if (points.length === at) interruptions[kind](point, process);
  });
  return points;
}

/** What each is told, in order within an alert. */
const wanted: Record<Listener, readonly string[]> = {
  hook: ['firing', 'resolved'],
  late: ['firing', 'resolved'],
  boss: ['firing', 'resolved'],
  bad: [],
  spare: ['did not take: FIRING', 'did not take: RESOLVED'],
};

/** Nothing is lost or left, each has heard of each begin and then of each end, and more than once only under the same id. */
async function expectWhole({ db }: Store, { taken }: Listeners): Promise<void> {
  for (const name of listeners) {
    const bodies = new Map<string, string>();
    for (const { headers, body } of taken[name]) {
      const id = String(headers['webhook-id']);
      expect(bodies.get(id) ?? body, `${name} has got two messages of one id`).toBe(body);
      bodies.set(id, body);
    }
    for (const server of name === 'hook' ? ['web', 'db'] : ['web']) {
      const own = told(taken[name]).filter(({ title }) => title.includes(`${server} is`));
      const order = own.filter(({ id }, index) => own[index - 1]?.id !== id);
      const said = order.map(({ status, title }) => (name === 'spare' ? /did not take: \w+/.exec(title)![0] : status));
      expect(said, `${name} of ${server}`).toEqual(wanted[name]);
    }
  }
  const alerts = await db.selectFrom('alerts').select(['state', 'firings']).execute();
  expect(alerts).toEqual([
    { state: 'resolved', firings: 1 },
    { state: 'resolved', firings: 1 },
  ]);
  for (const table of ['conditions', 'alert_groups', 'group_alerts'] as const) {
    expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
  }
  const deliveries = await db.selectFrom('deliveries').select(['state', 'channel_id']).execute();
  expect(deliveries.filter(({ state }) => state === 'waiting' || state === 'sending')).toEqual([]);
  expect(deliveries.filter(({ state }) => state === 'dead')).toHaveLength(2);
  expect(deliveries.filter(({ state }) => state === 'folded').length).toBeGreaterThanOrEqual(1);
  const jobs = await db.selectFrom('jobs').select('unique_key').where('state', '!=', 'done').execute();
  expect(jobs).toEqual([]);
  const events = await db.selectFrom('events').select('type').execute();
  const countOf = (wanted: string) => events.filter(({ type }) => type === wanted).length;
  for (const type of ['check.down', 'alert.firing', 'alert.resolved']) expect(countOf(type), type).toBe(2);
  expect(countOf('delivery.dead')).toBe(2);
}

/** Of so many points one is taken, from anywhere on; a life on MySQL takes twenty times as long. */
const stride = process.env.CLOUDCTL_EVERY_POINT ? 1 : 16;
const backEnds = stores.map((one): { name: string; step: number; open(): Promise<Store> } =>
  // In memory: the disk takes most of the time of a file.
  one.name === 'SQLite' ? { ...one, step: 1, open: () => openSqlite(':memory:') } : { ...one, step: stride },
);

describe.each(backEnds)('an alert on $name', ({ open, step }) => {
  it('is interrupted at every commit of a check, an alert and a message, and at every message that has come', async () => {
    const [store, heard] = [await open(), await openListeners()];
    const points = await interrupt(store, heard, 'kill', 0);
    await expectWhole(store, heard);
    await store.close();
    const commits = points.filter(point => point.startsWith('commit after'));
    const calls = listeners.map(name => points.filter(point => point === `call after ${name}`).length);
    expect(commits.length).toBeGreaterThan(60);
    // The one that is late was asked some times before, the bad one three times for each of two messages.
    expect(calls).toEqual([4, 2, expect.any(Number), 6, 2]);
  });

  it.each(['kill', 'error'] as const)(
    'is lost to nobody, and over for nobody before it began, by %s at each of them',
    { timeout: 1_800_000 },
    async kind => {
      const heard = await openListeners();
      const store = await open();
      const points = await interrupt(store, heard, kind, 0);
      await store.close();
      const chosen = [...points.keys()].filter(index => matters[kind](points[index]!)).map(index => index + 1);
      for (let one = Date.now() % step; one < chosen.length; one += step) {
        const at = chosen[one]!;
        const store = await open();
        await interrupt(store, heard, kind, at);
        await expectWhole(store, heard).catch(error => {
          throw new Error(`${kind} at point ${at}, ${points[at - 1]}: ${error.message}`, { cause: error });
        });
        await store.close();
      }
    },
  );
});
