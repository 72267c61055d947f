import { expect, test } from 'vitest';
import { colors, isFancy, statusPaint } from '../../../src/commands/output/color.ts';

test('a terminal is decorated unless NO_COLOR or TERM=dumb ask not to', () => {
  expect(isFancy({ isTTY: true }, {})).toBe(true);
  expect(isFancy({ isTTY: true }, { NO_COLOR: '', TERM: 'xterm' })).toBe(true);
  expect(isFancy({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
  expect(isFancy({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isFancy({ isTTY: false }, {})).toBe(false);
});

test('colours that are off leave the text alone', () => {
  expect(colors(false).red('x')).toBe('x');
  expect(colors(true).dim('x')).toBe('\x1b[2mx\x1b[22m');
  expect(statusPaint(false)).toBeUndefined();
});

test('status words are green, red or yellow, other columns plain', () => {
  const paint = statusPaint(true)!;
  expect(paint('status', 'running')).toBe('\x1b[32mrunning\x1b[39m');
  expect(paint('status', 'off')).toBe('\x1b[31moff\x1b[39m');
  expect(paint('result', 'started')).toBe('\x1b[33mstarted\x1b[39m');
  expect(paint('status', '-')).toBe('-');
  expect(paint('name', 'running')).toBe('running');
});
