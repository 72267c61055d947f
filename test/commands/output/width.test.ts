import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutToWidth, displayWidth } from '../../../src/commands/output/width.ts';

test.each([
  ['', 0],
  ['web-1', 5],
  ['grün', 4],
  ['e\u0301', 1],
  ['日本', 4],
  ['한글', 4],
  ['ｗｅｂ', 6],
  ['ｱ', 1],
  ['\u{20000}', 2],
  ['👍', 2],
  ['👍🏽', 2],
  ['👨‍👩‍👧‍👦', 2],
  ['❤', 1],
  ['❤\ufe0f', 2],
  ['a\ufe0f', 1],
  ['1\ufe0f\u20e3', 2],
  ['🇩🇪🇫🇷', 4],
  ['🏳\ufe0f‍🌈 ok', 5],
  ['zero\u200bwidth', 9],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test('a text that fits is not cut', () => {
  expect(cutToWidth('日本', 4)).toBe('日本');
});

test('a text that is too long ends in an ellipsis and never in half a character', () => {
  expect(cutToWidth('database-primary', 9)).toBe('database…');
  expect(cutToWidth('日本語', 5)).toBe('日本…');
  expect(cutToWidth('日本語', 4)).toBe('日…');
  expect(cutToWidth('a👨‍👩‍👧‍👦b', 3)).toBe('a…');
});

test('whatever is cut fits, and its beginning is the beginning of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 12 }), (text, columns) => {
      const cut = cutToWidth(text, columns);
      expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
      expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
    }),
  );
});
