import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import {
  deprecationsOf,
  isInStock,
  isOutOfStock,
  outOfStock,
  planAttempts,
  requireAttempts,
} from '../../../src/core/server-create/attempts.ts';
import { describeAttempt } from '../../../src/core/server-create/wish.ts';
import { makeType } from './things.ts';

const places = ['fsn1', 'nbg1', 'hel1', 'ash'];
const types = fc
  .uniqueArray(fc.constantFrom('cx23', 'cx33', 'cpx22', 'ccx13'), { minLength: 1 })
  .chain(names =>
    fc.tuple(
      ...names.map(name =>
        fc.dictionary(fc.constantFrom(...places), fc.boolean(), { minKeys: 1 }).map(stock => makeType(name, stock)),
      ),
    ),
  );
const locations = fc.uniqueArray(fc.constantFrom(...places));

describe('the plan of attempts', () => {
  test('holds every pair that is offered once, and no other', () => {
    fc.assert(
      fc.property(types, locations, (given, wanted) => {
        const planned = planAttempts(given, wanted).map(describeAttempt).sort();
        const pairs = given.flatMap(type =>
          wanted.length === 0
            ? [type.name]
            : wanted
                .filter(place => type.locations!.some(({ name }) => name === place))
                .map(place => `${type.name} in ${place}`),
        );
        expect(planned).toEqual(pairs.sort());
      }),
    );
  });

  test('has what is in stock first, and keeps the order of types and then of locations in both halves', () => {
    fc.assert(
      fc.property(types, locations, (given, wanted) => {
        const planned = planAttempts(given, wanted);
        const stock = planned.map(isInStock);
        expect(stock).toEqual(stock.toSorted((left, right) => Number(right) - Number(left)));
        for (const half of [true, false]) {
          const ranks = planned
            .filter(attempt => isInStock(attempt) === half)
            .map(({ type, location }) => given.indexOf(type) * 100 + wanted.indexOf(location ?? ''));
          expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
        }
      }),
    );
  });

  test('tries all where the API does not tell where types are offered', () => {
    const type = { ...makeType('cx23'), locations: undefined };
    expect(planAttempts([type], ['a', 'b']).map(describeAttempt)).toEqual(['cx23 in a', 'cx23 in b']);
    expect(isInStock({ type })).toBe(true);
  });

  test('is refused when it is empty', () => {
    expect(() => requireAttempts([{ ...makeType('cx23'), locations: [] }], ['ash'], [])).toThrow('not offered in ash');
    const plan = planAttempts([makeType('cx23')], ['fsn1']);
    expect(requireAttempts([makeType('cx23')], ['fsn1'], plan)).toBe(plan);
  });
});

test('a type is withdrawn where its place says so, or as a whole', () => {
  const [type] = [makeType('cx23', { fsn1: true, nbg1: true })];
  const deprecation = { announced: '2026-01-01T00:00:00Z', unavailable_after: '2026-03-01T00:00:00Z' };
  const half = {
    ...type,
    locations: type.locations!.map((place, index) => (index === 0 ? { ...place, deprecation } : place)),
  };
  const attempts = planAttempts([half], ['fsn1', 'nbg1']);
  expect(deprecationsOf(attempts, Date.parse('2026-02-01'))).toEqual([
    'server type cx23 in fsn1 is deprecated and can be ordered until 2026-03-01T00:00:00Z',
  ]);
  expect(deprecationsOf([{ type: { ...type, deprecation } }], Date.parse('2026-04-01'))).toEqual([
    'server type cx23 is deprecated and cannot be ordered any more since 2026-03-01T00:00:00Z',
  ]);
});

test('only want of stock and of a place lead to the next attempt', () => {
  const failing = (apiCode?: string) => isOutOfStock(new Failure('refused', 'no', { apiCode }));
  expect(['resource_unavailable', 'placement_error', 'invalid_input', undefined].map(failing)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('the failure of one attempt is its own, that of several names them all', () => {
  const type = makeType('cx23', { fsn1: true, nbg1: false });
  const failure = new Failure('refused', 'sold out', { apiCode: 'resource_unavailable', correlationId: 'abc' });
  const one = outOfStock([{ attempt: { type, location: 'nbg1' }, failure }], [type]);
  expect(one).toMatchObject({
    message: 'sold out',
    correlationId: 'abc',
    hint: 'In stock: cx23 in fsn1; --location takes several',
  });
  const both = ['fsn1', 'nbg1'].map(location => ({ attempt: { type, location }, failure }));
  const all = outOfStock(both, [type]);
  expect(all).toMatchObject({
    message: 'out of stock: cx23 in fsn1, cx23 in nbg1',
    hint: 'Try another --type, or later',
  });
  expect(all.details).toHaveLength(2);
});
