import { expect, test } from 'vitest';
import { formatAge, formatTime } from '../../../src/commands/output/age.ts';
import { type Cell, rawCell, showCell } from '../../../src/commands/output/cell.ts';

const now = Date.parse('2026-11-23T08:00:00Z');
const created = new Date('2026-11-20T08:00:00Z');

test.each<[Cell, string, string]>([
  ['web-1', 'web-1', 'web-1'],
  ['', '-', ''],
  ['  ', '-', '  '],
  [null, '-', ''],
  [undefined, '-', ''],
  [0, '0', '0'],
  [true, 'yes', 'true'],
  [false, 'no', 'false'],
  [[], '-', ''],
  [['a', 2], 'a, 2', 'a,2'],
  [{}, '-', ''],
  [{ tier: 'web', env: 'prod' }, 'env=prod, tier=web', 'env=prod,tier=web'],
  [created, '3d', '2026-11-20T08:00:00Z'],
  [new Date(Number.NaN), '-', ''],
])('%j is %s for a reader and "%s" for a program', (cell, shown, raw) => {
  expect(showCell(cell, now)).toBe(shown);
  expect(rawCell(cell)).toBe(raw);
});

test('without a clock a time is RFC 3339, with a fraction only where there is one', () => {
  expect(showCell(created)).toBe('2026-11-20T08:00:00Z');
  expect(formatTime(new Date(1))).toBe('1970-01-01T00:00:00.001Z');
});

test.each([
  [0, '0s'],
  [-400, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [86_400_000 - 1, '23h'],
  [86_400_000, '1d'],
  [364 * 86_400_000, '364d'],
  [800 * 86_400_000, '2y'],
  [-3 * 86_400_000, 'in 3d'],
])('%i ms is %s', (ms, age) => {
  expect(formatAge(ms)).toBe(age);
});
