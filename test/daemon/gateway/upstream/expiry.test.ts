import { describe, expect, it } from 'vitest';
import { tellExpiry } from '../../../../src/daemon/gateway/upstream/expiry.ts';
import { openBench } from '../../alerts/bench.ts';

const day = 86_400_000;

/** A daemon's alerts with one project whose token ends in so many days. */
async function openWith(days: number) {
  const bench = await openBench();
  const { store, clock } = bench;
  const row = { name: 'shop', endpoint: 'https://api.hetzner.cloud/v1', token: null, created: 1, updated: 1 };
  const end = clock.now() + days * day;
  await store.db
    .insertInto('projects')
    .values({ ...row, token_expires: end })
    .execute();
  return {
    ...bench,
    set: (set: { token_expires: number | null }) => store.db.updateTable('projects').set(set).execute(),
    async look() {
      await tellExpiry(store, clock.now());
      const { length } = await store.db.selectFrom('conditions').select('id').execute();
      await bench.turn();
      const alerts = await store.db.selectFrom('alerts').select(['state', 'severity', 'summary']).execute();
      return { told: length, alerts };
    },
  };
}

describe('a token that ends', () => {
  it('is no alert until fourteen days before, a warning then, and critical in the last two', async () => {
    const { look, clock } = await openWith(20);
    expect((await look()).alerts).toEqual([]);
    await clock.advance(6 * day - 1);
    expect((await look()).alerts).toEqual([]);
    await clock.advance(1);
    const { alerts } = await look();
    expect(alerts).toMatchObject([
      { state: 'firing', severity: 'warning', summary: 'the token of project shop ends in 14 d' },
    ]);
    await clock.advance(12 * day);
    expect((await look()).alerts).toMatchObject([{ state: 'firing', severity: 'critical' }]);
    await clock.advance(3 * day);
    expect((await look()).alerts).toMatchObject([{ state: 'firing', severity: 'critical' }]);
  });

  it('is told of once, however often it is looked at', async () => {
    const { look } = await openWith(3);
    expect((await look()).told).toBe(1);
    expect((await look()).told).toBe(0);
  });

  it('is no alert any more when it was replaced, or its project is gone', async () => {
    const { look, set, store } = await openWith(3);
    await look();
    await set({ token_expires: null });
    expect((await look()).alerts).toMatchObject([{ state: 'resolved' }]);
    await set({ token_expires: 1 });
    expect((await look()).alerts.at(-1)).toMatchObject({ state: 'firing', severity: 'critical' });
    await store.db.deleteFrom('projects').execute();
    expect((await look()).alerts.filter(({ state }) => state === 'firing')).toEqual([]);
  });
});
