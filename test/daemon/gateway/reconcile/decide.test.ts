import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  grace,
  type Known,
  type Mending,
  reconcile,
  settling,
} from '../../../../src/daemon/gateway/reconcile/decide.ts';

const now = 100_000_000;
const owners = new Set(['user-1', 'team-web']);
const owner = fc.constantFrom('user-1', 'team-web');
/** An owner's label as anybody may have written it. */
const label = fc.option(fc.constantFrom('user-1', 'team-web', 'ghost'), { nil: undefined });
const requests = ['r1', 'r2', 'r3', 'r4'];

const known: fc.Arbitrary<Known> = fc
  .record({
    items: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 8 }),
        label,
        request: fc.option(fc.constantFrom(...requests), { nil: undefined }),
      }),
      { selector: ({ id }) => id },
    ),
    rows: fc.uniqueArray(
      fc.record({
        resource_id: fc.integer({ min: 1, max: 8 }),
        owner,
        author: fc.constant('ada'),
        closed: fc.constantFrom(null, null, 5),
      }),
      { selector: ({ resource_id }) => resource_id },
    ),
    intents: fc.uniqueArray(
      fc.record({
        request: fc.constantFrom(...requests),
        owner,
        author: fc.constant('bob'),
        state: fc.constantFrom('open', 'open', 'made', 'not-made'),
        updated: fc.constantFrom(now, now - settling, now - grace),
      }),
      { selector: ({ request }) => request },
    ),
  })
  .map(({ items, ...rest }) => {
    const taken = new Set<string>();
    const labelled = items.map(({ id, label, request }) => {
      // One request makes one thing.
      const own = request !== undefined && !taken.has(request) ? request : undefined;
      if (own) taken.add(own);
      const labels = {
        env: 'prod',
        ...(label && { 'cloudctl/owner': label }),
        ...(own && { 'cloudctl/request': own }),
      };
      return { id, labels };
    });
    return { ...rest, items: labelled, now, owners } as Known;
  });

/** What is known when everything has been done. */
function mended(before: Known, mendings: readonly Mending[]): Known {
  const rows = new Map(before.rows.map(row => [row.resource_id, { ...row }]));
  const intents = new Map(before.intents.map(intent => [intent.request, { ...intent }]));
  const items = new Map(before.items.map(item => [item.id, item]));
  for (const mending of mendings) {
    if (mending.kind === 'made' || mending.kind === 'not-made') {
      const intent = intents.get(mending.request)!;
      intents.set(mending.request, { ...intent, state: mending.kind });
    }
    if (mending.kind === 'made' || mending.kind === 'adopt') {
      const { item, owner, author } = mending;
      const row = rows.get(item.id);
      // Who was first owns it; what is adopted is open again.
      if (mending.kind === 'adopt' || !row) rows.set(item.id, { resource_id: item.id, owner, author, closed: null });
    }
    if (mending.kind === 'close') rows.set(mending.id, { ...rows.get(mending.id)!, closed: now });
    if (mending.kind === 'repair') {
      const { item, owner } = mending;
      items.set(item.id, { ...item, labels: { ...item.labels, 'cloudctl/owner': owner } });
    }
  }
  return { ...before, items: [...items.values()], rows: [...rows.values()], intents: [...intents.values()] };
}

describe('what store and Hetzner say about owners', () => {
  it('agrees when everything has been mended, after three rounds at most', () => {
    fc.assert(
      fc.property(known, before => {
        let state = before;
        for (let round = 0; round < 3; round += 1) state = mended(state, reconcile(state));
        expect(reconcile(state)).toEqual([]);
        for (const { id, labels } of state.items) {
          const row = state.rows.find(({ resource_id, closed }) => resource_id === id && closed === null);
          const isUnderWay = state.intents.some(
            ({ request, state }) => request === labels['cloudctl/request'] && state === 'open',
          );
          if (row && !isUnderWay) expect(labels['cloudctl/owner']).toBe(row.owner);
        }
      }),
    );
  });

  it('never makes a label stronger than the store, and gives nothing to an owner who is not there', () => {
    fc.assert(
      fc.property(known, before => {
        const state = mended(before, reconcile(before));
        for (const row of before.rows) {
          expect(state.rows.find(({ resource_id }) => resource_id === row.resource_id)?.owner).toBe(row.owner);
        }
        for (const row of state.rows) expect(owners.has(row.owner)).toBe(true);
      }),
    );
  });

  it('touches nothing that a request may still be making, and closes nothing that is there', () => {
    fc.assert(
      fc.property(known, before => {
        const young = new Set(
          before.intents
            .filter(({ state, updated }) => state === 'open' && now - updated < settling)
            .map(({ request }) => request),
        );
        for (const mending of reconcile(before)) {
          if ('item' in mending) expect(young.has(mending.item.labels['cloudctl/request'])).toBe(false);
          if (mending.kind === 'not-made') expect(young.has(mending.request)).toBe(false);
          if (mending.kind === 'close') expect(before.items.some(({ id }) => id === mending.id)).toBe(false);
        }
      }),
    );
  });
});
