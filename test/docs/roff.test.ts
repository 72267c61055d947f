import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitions, escapeRoff, literal, paragraph, synopsis, title } from '../../src/docs/roff.ts';
import { formatRoff, hasGroff } from './groff.ts';

test('what roff would take for an order is text', () => {
  expect(escapeRoff('.TH')).toBe('\\&.TH');
  expect(escapeRoff("'br")).toBe('\\(aqbr');
  expect(escapeRoff('a\\b --flag "x" ~^`')).toBe('a\\eb \\-\\-flag \\(dqx\\(dq \\(ti\\(ha\\(ga');
  expect(escapeRoff('1 €')).toBe('1 \\[u20AC]');
});

test('placeholders are in italics, all else of a command line is bold', () => {
  expect(synopsis('cloudctl server [<server>...]', 'x')).toBe(
    '.PP\n\\fBcloudctl server [\\fR\\fIserver\\fR\\fB\\&...]\\fR\n.br\n\\fBx\\fR',
  );
  expect(definitions([['-o', 'Format']])).toEqual(['.TP\n\\fB\\-o\\fR\nFormat']);
});

test.skipIf(!hasGroff)('any text comes out of groff as it went in, without a warning', () => {
  const word = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }).map(text => text.replace(/\s/g, '_'));
  const words = fc.sample(
    word.filter(text => text !== ''),
    { numRuns: 300, seed: 11 },
  );
  const page = [title('t', 1, '2026-11-23', 'x'), literal(words), paragraph('end')].join('\n');
  const { text, warnings } = formatRoff(page);
  expect(warnings).toBe('');
  const lines = text.split('\n').map(line => line.trim());
  expect(lines).toEqual(expect.arrayContaining(words));
});

test.skipIf(!hasGroff)('groff does warn of what is wrong, so that its silence means something', () => {
  expect(spawnSync('groff', ['-ww', '-man', '-Tutf8'], { input: '.NOSUCH x\n', encoding: 'utf8' }).stderr).not.toBe('');
});
