import { expect, test } from 'vitest';
import { writeBox } from '../../../src/commands/output/box.ts';
import { fakeScreen } from '../../helpers/screen.ts';

test('a box frames its cells without colours, and controls in them are shown', async () => {
  const out = fakeScreen();
  await writeBox(out, ['STEP', 'WHAT'], [['1', 'stop web\x1b']]);
  expect(out.text).toBe(
    [
      '┌──────┬──────────────┐',
      '│ STEP │ WHAT         │',
      '├──────┼──────────────┤',
      '│ 1    │ stop web\\x1b │',
      '└──────┴──────────────┘',
      '',
    ].join('\n'),
  );
});

test('on a terminal that is too narrow the last column is wrapped at words', async () => {
  const out = fakeScreen({ isTTY: true, columns: 40 });
  await writeBox(out, ['STEP', 'WHAT'], [['1', 'change the type, then start the server again']]);
  const lines = out.text.trimEnd().split('\n');
  expect(lines.every(line => line.length === 40)).toBe(true);
  expect(out.text).toContain('│ change the type, then start');
  const wide = fakeScreen({ isTTY: true, columns: 80 });
  await writeBox(wide, ['STEP', 'WHAT'], [['1', 'short']]);
  expect(wide.text).toContain('│ 1    │ short │');
});
