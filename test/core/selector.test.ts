import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectorTest } from '../../src/core/selector.ts';
import { matchesSelector, parseSelector } from '../../src/sandbox/selector.ts';

const key = fc.constantFrom('env', 'team', 'constructor', 'a.b/c');
const value = fc.constantFrom('a', 'b', 'prod', '');
const few = fc.array(fc.constantFrom('a', 'b', 'prod'), { minLength: 1, maxLength: 3 });
const term = fc.oneof(
  key,
  key.map(one => `!${one}`),
  fc.tuple(key, fc.constantFrom('=', '==', '!=', ' = ', ' != '), value).map(parts => parts.join('')),
  fc.tuple(key, fc.constantFrom('in', 'notin'), few).map(([one, word, list]) => `${one} ${word} (${list.join(', ')})`),
);
const selector = fc.array(term, { minLength: 1, maxLength: 4 }).map(terms => terms.join(','));
const labels = fc.dictionary(key, value, { maxKeys: 3 });

describe('a label selector', () => {
  it('chooses what the sandbox, which stands in for Hetzner, chooses', () => {
    fc.assert(
      fc.property(selector, labels, (text, given) => {
        const terms = parseSelector(text);
        expect(terms).toBeDefined();
        expect(selectorTest(text)(given)).toBe(matchesSelector(terms!, given));
      }),
    );
  });

  it('that is none names the term', () => {
    expect(() => selectorTest('env=prod,a b')).toThrow("'a b' is not a label selector");
  });
});
