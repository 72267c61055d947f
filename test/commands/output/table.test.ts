import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell } from '../../../src/commands/output/cell.ts';
import { limitWidths, type TableOptions, writeTable } from '../../../src/commands/output/table.ts';
import { displayWidth } from '../../../src/commands/output/width.ts';
import { fakeScreen } from '../../helpers/screen.ts';

const now = Date.parse('2026-11-23T08:00:00Z');

function render(
  columns: string[],
  rows: Cell[][],
  screen = fakeScreen(),
  options: Partial<TableOptions> = {},
): string[] {
  writeTable(screen, columns, rows, { header: true, now, ...options });
  return screen.text.split('\n').slice(0, -1);
}

test('headers are upper case with spaces, columns are padded, lines have no trailing spaces', () => {
  const rows = [
    ['web-1', '10.0.0.2', null],
    ['database-1', null, 'x'],
  ];
  expect(render(['name', 'private_net', 'note'], rows)).toEqual([
    'NAME         PRIVATE NET   NOTE',
    'web-1        10.0.0.2      -',
    'database-1   -             x',
  ]);
});

test('an empty list shows its header, and nothing without one', () => {
  expect(render(['id', 'name'], [])).toEqual(['ID   NAME']);
  expect(render(['id', 'name'], [], fakeScreen(), { header: false })).toEqual([]);
});

test('times are ages on a terminal and RFC 3339 in a pipe', () => {
  const rows = [[new Date('2026-11-20T08:00:00Z')]];
  expect(render(['created'], rows, fakeScreen({ isTTY: true }))).toEqual(['CREATED', '3d']);
  expect(render(['created'], rows)).toEqual(['CREATED', '2026-11-20T08:00:00Z']);
});

test('colours do not disturb the padding', () => {
  const paint = (column: string, text: string) => (column === 'status' ? `<${text}>` : text);
  expect(render(['status', 'id'], [['off', 1]], fakeScreen({ isTTY: true }), { paint })).toEqual([
    'STATUS   ID',
    '<off>      1',
  ]);
});

test('a terminal too narrow has its longest column cut, a pipe never', () => {
  const rows = [[1, 'a-description-that-goes-on-and-on-for-ever', 'end']];
  const columns = ['id', 'description', 'last'];
  expect(render(columns, rows, fakeScreen({ isTTY: true, columns: 40 }), { cut: true })).toEqual([
    'ID   DESCRIPTION                    LAST',
    '1    a-description-that-goes-on-…   end',
  ]);
  expect(render(columns, rows, fakeScreen({ columns: 40 }), { cut: true })[1]).toContain('for-ever   end');
});

test('nothing is cut when cutting would not make the table fit', () => {
  expect(limitWidths([30, 30, 30], 40)).toEqual([30, 30, 30]);
  expect(limitWidths([30, 30], 63)).toEqual([30, 30]);
  expect(limitWidths([5, 50, 30], 70)).toEqual([5, 29, 29]);
});

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());

test('the last column stands in line whatever the cells before it hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 20 }), rows => {
      const lines = render(
        ['first', 'second', 'END'],
        rows.map(row => [...row, 'END']),
      );
      expect(lines).toHaveLength(rows.length + 1);
      const starts = lines.map(line => displayWidth(line.slice(0, -3)));
      expect(new Set(starts).size).toBe(1);
      expect(lines.every(line => line.endsWith('   END'))).toBe(true);
    }),
  );
});

test('no raw control or bidi character reaches the reader', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1 }), texts => {
      const lines = render(
        [texts[0]!, 'list'],
        texts.map(text => [text, [text, text]]),
      );
      expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('a reader that has gone ends the work, and few writes carry many rows', () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => [id, 'a-name-of-some-length']);
  const gone = fakeScreen({ closeAfter: 1 });
  writeTable(gone, ['id', 'name'], rows, { header: true, now });
  expect(gone.writes).toHaveLength(1);
  const whole = fakeScreen();
  writeTable(whole, ['id', 'name'], rows, { header: true, now });
  expect(whole.writes.length).toBeLessThan(20);
  expect(whole.text.split('\n')).toHaveLength(20_002);
});
