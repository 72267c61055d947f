import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complainAboutKey, complainAboutValue } from '../../src/sandbox/labels.ts';
import { matchesSelector, parseSelector } from '../../src/sandbox/selector.ts';

const keys = ['env', 'role', 'example.com/team', 'a.b_c-d'];
const values = ['', 'x', 'prod', 'v1.2_3-b'];
const key = fc.constantFrom(...keys);
const value = fc.constantFrom(...values);
const labels = fc.dictionary(key, value);

/** A condition as text and as what it plainly means. */
interface Condition {
  text: string;
  holds(labels: Record<string, string>): boolean;
}

const when = (text: string, holds: Condition['holds']): Condition => ({ text, holds });
const space = fc.constantFrom('', ' ', '  ');
const set = fc.array(value, { minLength: 1, maxLength: 3 });
const condition: fc.Arbitrary<Condition> = fc.oneof(
  key.map(key => when(key, labels => key in labels)),
  key.map(key => when(`!${key}`, labels => !(key in labels))),
  fc
    .tuple(key, fc.constantFrom('=', '=='), value, space)
    .map(([key, sign, value, gap]) => when(`${key}${gap}${sign}${gap}${value}`, labels => labels[key] === value)),
  fc.tuple(key, value).map(([key, value]) => when(`${key}!=${value}`, labels => labels[key] !== value)),
  fc
    .tuple(key, set, space, fc.boolean())
    .map(([key, set, gap, inside]) =>
      when(
        `${key} ${inside ? 'in' : 'notin'} (${set.join(`,${gap}`)})`,
        labels => (key in labels && set.includes(labels[key]!)) === inside,
      ),
    ),
);

test('a selector matches what its conditions plainly mean, all of them', () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 4 }), space, labels, (conditions, gap, labels) => {
      const terms = parseSelector(conditions.map(({ text }) => text).join(`${gap},${gap}`));
      expect(terms).toBeDefined();
      expect(matchesSelector(terms!, labels)).toBe(conditions.every(({ holds }) => holds(labels)));
    }),
    { numRuns: 500 },
  );
});

test('any text is either a selector or not, and never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab=!(),in ot"/.') }), text => {
      const terms = parseSelector(text);
      if (terms) matchesSelector(terms, { a: 'b' });
    }),
    { numRuns: 1000 },
  );
});

test('keys and values have the shape that Hetzner asks for', () => {
  const right = ['a', 'A-1', 'example.com/a', 'x'.repeat(63), `${'a'.repeat(63)}.com/b`];
  const wrong = ['', '-a', 'a-', 'a b', 'a:b', '/a', 'example.com/', 'Ex_.com/a', 'x'.repeat(64), 'hetzner.cloud/a'];
  expect(right.map(complainAboutKey).filter(Boolean)).toEqual([]);
  expect(wrong.filter(key => !complainAboutKey(key))).toEqual([]);
  expect(['', 'a', '20261123T064511Z', 'x'.repeat(63)].map(complainAboutValue).filter(Boolean)).toEqual([]);
  expect(['a+b', '2026-11-23T06:45', '.a', 'a.', 'x'.repeat(64)].filter(value => !complainAboutValue(value))).toEqual(
    [],
  );
});
