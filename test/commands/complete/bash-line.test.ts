import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteForBash, readBashLine } from '../../../src/commands/complete/bash-line.ts';
import { has } from './shells.ts';

const breaks = ' \t\n"\'@><=;|&(:';
const read = (line: string) => readBashLine(line, breaks);

test('words are split as bash splits them, and the one at the cursor is the last', () => {
  expect(read('cloudctl server de').words).toEqual(['server', 'de']);
  expect(read('cloudctl  server  ').words).toEqual(['server', '']);
  expect(read('cloudctl').words).toEqual([]);
  expect(read(`cloudctl "a b" 'c d' e\\ f g"h"'i' "" `).words).toEqual(['a b', 'c d', 'e f', 'ghi', '', '']);
  expect(read('cloudctl "a\\"b\\x"').words).toEqual(['a"b\\x']);
  expect(read("cloudctl 'a\\").words).toEqual(['a\\']);
});

test('an open quote is known', () => {
  expect(read('cloudctl "my se')).toEqual({ words: ['my se'], quote: '"', kept: 0 });
  expect(read("cloudctl --config='my se")).toEqual({ words: ['--config=my se'], quote: "'", kept: 9 });
});

test('readline keeps what is before the last break that is not quoted', () => {
  expect(read('cloudctl --output=js').kept).toBe(9);
  expect(read('cloudctl --output=').kept).toBe(9);
  expect(read('cloudctl a:b:c').kept).toBe(4);
  expect(read('cloudctl a\\:b').kept).toBe(0);
  expect(read('cloudctl a:b c').kept).toBe(0);
  // It takes the @ for the beginning of a host.
  expect(read('cloudctl at@ho').kept).toBe(2);
});

const name = fc.string({ unit: 'binary', maxLength: 20 }).filter(text => !text.includes('\0'));
const printable = name.filter(text => !/[\x00-\x1f\x7f]/.test(text));

test('what is quoted is read back as the same word', () => {
  fc.assert(
    fc.property(printable, text => {
      expect(read(`cloudctl ${quoteForBash(text, '')}`).words).toEqual([text]);
      expect(read(`cloudctl "${quoteForBash(text, '"')}"`).words).toEqual([text]);
      expect(read(`cloudctl '${quoteForBash(text, "'")}'`).words).toEqual([text]);
    }),
  );
});

test.skipIf(!has('bash'))('bash itself reads what is quoted as the same word, control characters too', () => {
  const names = fc.sample(
    name.filter(text => text !== '' && !/[\ud800-\udfff]/.test(text)),
    { numRuns: 200, seed: 7 },
  );
  const script = names.map(text => `printf '%s\\0' ${quoteForBash(text, '')}`).join('\n');
  const printed = execFileSync('bash', ['--norc', '-s'], { input: script, env: { LC_ALL: 'C.UTF-8' } }).toString();
  expect(printed.split('\0').slice(0, -1)).toEqual(names);
});
