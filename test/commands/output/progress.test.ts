import { expect, test } from 'vitest';
import { openProgress } from '../../../src/commands/output/progress.ts';
import { summarize } from '../../../src/commands/output/spinner.ts';
import type { Action } from '../../../src/core/api.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { type FakeScreen, fakeScreen } from '../../helpers/screen.ts';

const action: Action = {
  id: 1,
  command: 'create_server',
  status: 'running',
  progress: 40,
  started: '2026-11-23T08:00:00Z',
  finished: null,
  resources: [{ id: 42, type: 'server' }],
  error: null,
};

/** Resolves once the screen has been written what matches. */
function seen(screen: FakeScreen, pattern: RegExp): Promise<void> {
  const write = screen.write.bind(screen);
  return new Promise(resolve => {
    screen.write = text => {
      write(text);
      if (pattern.test(screen.text)) resolve();
    };
  });
}

test('without a spinner each action has two lines, and a sentence one', () => {
  const err = fakeScreen();
  const progress = openProgress({ err, clock: fakeClock() }, { enabled: true, fancy: false });
  progress.update('Looking for web-\x1b');
  progress.update(action);
  progress.update({ ...action, progress: 80 });
  progress.update({ ...action, status: 'success' });
  progress.update({ ...action, status: 'success' });
  progress.update({ ...action, id: 2, status: 'error', error: { code: 'x', message: 'no space' } });
  progress.update({ ...action, id: 3, status: 'error' });
  progress.done();
  expect(err.text.split('\n')).toEqual([
    'Looking for web-\\x1b',
    'Waiting for create_server (server 42) ...',
    'Waiting for create_server (server 42) ... done',
    'Waiting for create_server (server 42) ...',
    'Waiting for create_server (server 42) ... failed: no space',
    'Waiting for create_server (server 42) ...',
    'Waiting for create_server (server 42) ... failed: error',
    '',
  ]);
});

test('quiet, or for a program, nothing is written', () => {
  const err = fakeScreen({ isTTY: true });
  const progress = openProgress({ err, clock: fakeClock() }, { enabled: false, fancy: true });
  progress.update(action);
  progress.done();
  expect(err.text).toBe('');
});

test('on a terminal one spinning line tells what runs and for how long, and is taken away', async () => {
  const err = fakeScreen({ isTTY: true });
  const clock = fakeClock();
  const progress = openProgress({ err, clock }, { enabled: true, fancy: true });
  const first = seen(err, /Waiting for create_server \(server 42\) 40% 0s/);
  progress.update(action);
  await first;
  const later = seen(err, /Waiting for create_server \(server 42\) 90% 65s/);
  await clock.advance(65_000);
  progress.update({ ...action, progress: 90 });
  await later;
  progress.done();
  const stopped = err.writes.length;
  expect(err.text).toMatch(/\x1b\[0K\x1b\[\?25h$/);
  await new Promise(setImmediate);
  expect(err.writes).toHaveLength(stopped);
});

test('a terminal that says it has no columns does not stop the spinner', async () => {
  const err = fakeScreen({ isTTY: true, columns: 0 });
  const progress = openProgress({ err, clock: fakeClock() }, { enabled: true, fancy: true });
  const twice = seen(err, /Waiting.*Waiting/s);
  progress.update(action);
  await twice;
  progress.done();
  expect(err.text.length).toBeLessThan(10_000);
});

test('work that is done before the spinner is there leaves no trace', async () => {
  const err = fakeScreen({ isTTY: true });
  const progress = openProgress({ err, clock: fakeClock() }, { enabled: true, fancy: true });
  progress.update('Looking for web-1');
  progress.done();
  await import('ora');
  await new Promise(setImmediate);
  expect(err.text).toBe('');
});

test('several actions share the line with their mean, and what has ended is not named', () => {
  const other = { ...action, id: 2, command: 'start\x1b', progress: 0, resources: [] };
  expect(summarize([action, other], '')).toBe('Waiting for 2 actions: create_server (server 42), start\\x1b 20%');
  expect(summarize([action, { ...other, status: 'success', progress: 100 }], '')).toBe(
    'Waiting for create_server (server 42) 70%',
  );
  expect(summarize([], 'Reading')).toBe('Reading');
  expect(summarize([], '')).toBe('Waiting');
});
