import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesSince, nextPause, unseenRunning } from '../../../src/core/activity/follow.ts';
import { action } from './project.ts';

describe('following', () => {
  it('tells each change once, oldest first', () => {
    const running = action(1, 3, { status: 'running' });
    const first = changesSince(new Map(), [running, action(2, 1)]);
    expect(first.changed.map(({ id }) => id)).toEqual([2, 1]);
    expect(changesSince(first.told, [running, action(2, 1)]).changed).toEqual([]);
    const ended = { ...running, status: 'error', finished: action(0, 9).started };
    const second = changesSince(first.told, [ended, action(3, 5)]);
    expect(second.changed.map(({ id }) => id)).toEqual([3, 1]);
    expect(second.told.get(1)).toBe('error');
  });

  it('asks after what was running and is no longer listed', () => {
    const { told } = changesSince(new Map(), [
      action(1, 1, { status: 'running' }),
      action(2, 2, { status: 'running' }),
    ]);
    expect(unseenRunning(told, [action(2, 2)])).toEqual([1]);
    expect(unseenRunning(told, [])).toEqual([1, 2]);
  });

  it('never takes more than two thirds of the hourly requests, and less when nothing happens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(fc.boolean()), (lists, changes) => {
        let pause = 0;
        for (const changed of changes) {
          pause = nextPause(pause, changed, lists);
          expect(pause).toBeGreaterThanOrEqual(5000);
          expect((3_600_000 / pause) * lists).toBeLessThanOrEqual(2400);
        }
        for (let quiet = 0; quiet < 5; quiet += 1) pause = nextPause(pause, false, lists);
        expect((3_600_000 / pause) * lists).toBeLessThanOrEqual(1200);
      }),
    );
  });
});
