import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, mentionsReserved, parseSelector } from '../../../src/core/access/selector.ts';
import { matchesSelector, parseSelector as parseInSandbox } from '../../../src/sandbox/selector.ts';

const key = fc.constantFrom('env', 'role', 'example.com/team', 'a.b_c-d', 'cloudctl/owner');
const value = fc.constantFrom<string>('', 'x', 'prod', 'v1.2_3-b');
const labels = fc.dictionary(key, value);

/** A condition as text, and what it plainly means. */
interface Meant {
  readonly text: string;
  holds(labels: Record<string, string>): boolean;
}

const meant = (text: string, holds: Meant['holds']): Meant => ({ text, holds });
const gap = fc.constantFrom('', ' ', '  ');
const set = fc.array(value, { minLength: 1, maxLength: 3 });
const condition: fc.Arbitrary<Meant> = fc.oneof(
  key.map(key => meant(key, labels => key in labels)),
  fc.tuple(key, gap).map(([key, gap]) => meant(`!${gap}${key}`, labels => !(key in labels))),
  fc
    .tuple(key, fc.constantFrom('=', '=='), value, gap)
    .map(([key, sign, value, gap]) => meant(`${key}${gap}${sign}${gap}${value}`, labels => labels[key] === value)),
  fc.tuple(key, value).map(([key, value]) => meant(`${key}!=${value}`, labels => labels[key] !== value)),
  fc
    .tuple(key, set, gap, fc.boolean())
    .map(([key, set, gap, inside]) =>
      meant(
        `${key} ${inside ? 'in' : 'notin'} (${set.join(`,${gap}`)})`,
        labels => (key in labels && set.includes(labels[key]!)) === inside,
      ),
    ),
);

test('a selector takes what fulfils all of its conditions, as they plainly read', () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 4 }), gap, labels, (conditions, gap, labels) => {
      const selector = parseSelector(conditions.map(({ text }) => text).join(`${gap},${gap}`));
      expect(selector).toBeDefined();
      expect(matches(selector!, labels)).toBe(conditions.every(({ holds }) => holds(labels)));
    }),
    { numRuns: 1000 },
  );
});

test('what is malformed is none, and any text is taken as the sandbox takes it', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ab=!(),in ot"/.') }),
    fc
      .array(fc.constantFrom('a', 'in', 'notin', ' ', '(', ')', ',', '=', '!=', '!', 'b/c'))
      .map(parts => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, labels, (text, labels) => {
      const selector = parseSelector(text);
      const other = parseInSandbox(text);
      expect(selector === undefined).toBe(other === undefined);
      if (selector && other) expect(matches(selector, labels)).toBe(matchesSelector(other, labels));
    }),
    { numRuns: 5000 },
  );
});

test('a text of the greatest length that Hetzner takes, made to be slow, is read in no time', () => {
  const began = process.hrtime.bigint();
  const texts = ['(', 'a(', 'a in (', '!', 'a =', ' ,', 'a in (a,', '()'].map(part => part.repeat(8000));
  for (const text of texts) parseSelector(text);
  expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1000);
});

test('labels that every object has are none', () => {
  expect(matches(parseSelector('constructor')!, {})).toBe(false);
  expect(matches(parseSelector('!toString')!, {})).toBe(true);
});

test('a selector that asks for labels of the gateway is known, however it does', () => {
  const asking = [
    'cloudctl/owner',
    '!cloudctl/owner',
    'a=b,cloudctl/request=x',
    'cloudctl/x in (a,b)',
    'cloudctl/o!=1',
  ];
  expect(asking.filter(text => !mentionsReserved(parseSelector(text)!))).toEqual([]);
  const others = ['cloudctl', 'cloudctl.com/owner', 'env=cloudctl', 'x/cloudctl', ''];
  expect(others.filter(text => mentionsReserved(parseSelector(text)!))).toEqual([]);
});
