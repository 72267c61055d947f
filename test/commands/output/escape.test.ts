import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeControls, escapeJson, escapeKeepingLines } from '../../../src/commands/output/escape.ts';

const unsafe = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u;

test.each([
  ['web-1', 'web-1'],
  ['\x1b[31mred', '\\x1b[31mred'],
  ['a\nb\tc\r', 'a\\nb\\tc\\r'],
  ['\u202egpj.exe', '\\u202egpj.exe'],
  ['\x9b2J', '\\x9b2J'],
  ['\ud800', '\\ud800'],
  ['grün 日本 👩‍💻', 'grün 日本 👩‍💻'],
])('%j is shown as %s', (text, shown) => {
  expect(escapeControls(text)).toBe(shown);
});

test('line breaks stay where a script reads the whole value, other controls do not', () => {
  expect(escapeKeepingLines('-----BEGIN\nabc\x1b')).toBe('-----BEGIN\nabc\\x1b');
  expect(escapeKeepingLines('abc')).toBe('abc');
});

test('no control, surrogate or bidi character survives', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !unsafe.test(escapeControls(text))));
});

test('escaped JSON means the same and holds no control that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), value => {
      const json = escapeJson(JSON.stringify(value));
      expect(unsafe.test(json)).toBe(false);
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(value));
    }),
  );
});
