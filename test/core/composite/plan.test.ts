import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Journal, Owed } from '../../../src/core/composite/journal.ts';
import { type Deed, plan, settled, type View } from '../../../src/core/composite/plan.ts';

const image = { run: 'r1' };
const type = { name: 'cx43', upgradeDisk: false };

function journal(owes: Owed, force = true): Journal {
  return {
    version: 1,
    server: { id: 1, name: 'web-1' },
    command: 'cloudctl test',
    began: '2026-11-23T08:00:00Z',
    owes,
    stop: { timeout: 60_000, force },
  };
}

function view(status: string, more: Partial<View> = {}, server: object = {}): View {
  return { server: { id: 1, status, server_type: { name: 'cx33' }, ...server }, looks: settled, since: 0, ...more };
}

const available = { id: 9, status: 'available' };

describe('the next step for a server', () => {
  const cases: [string, View, Owed, number, object][] = [
    ['waits for what runs on it', view('off', {}, { locked: true }), { image, power: 'running' }, 0, { do: 'unlock' }],
    ['asks a running guest to shut down', view('running'), { image, power: 'running' }, 0, { do: 'shutdown' }],
    ['waits for a starting one to hear', view('starting'), { type, power: 'running' }, 0, { do: 'rest', after: 500 }],
    [
      'gives the guest its time',
      view('running', { last: 'shutdown' }),
      { image, power: 'running' },
      59_900,
      { do: 'rest', after: 100 },
    ],
    [
      'cuts the power after it',
      view('running', { last: 'shutdown' }),
      { image, power: 'running' },
      60_000,
      { do: 'poweroff' },
    ],
    ['makes the snapshot once it is off', view('off'), { image, power: 'running' }, 0, { do: 'image' }],
    ['changes the type once it is off', view('off'), { type, power: 'running' }, 0, { do: 'change' }],
    [
      'looks before it stops what an earlier process began',
      view('running', { looks: 0 }),
      { image, power: 'running' },
      0,
      { do: 'look', after: 0 },
    ],
    [
      'looks again before it makes another snapshot, since a request can land late',
      view('off', { looks: 2 }),
      { image, power: 'running' },
      0,
      { do: 'look', after: 5000 },
    ],
    [
      'waits while the snapshot is being made',
      view('off', { image: { id: 9, status: 'creating' } }),
      { image, power: 'running' },
      0,
      { do: 'unlock' },
    ],
    [
      'gives up a snapshot that came to nothing',
      view('off', { image: { id: 9, status: 'unavailable' } }),
      { image, power: 'running' },
      0,
      { do: 'spoilt' },
    ],
    [
      'starts what was running',
      view('off', { image: available, last: 'image' }),
      { image, power: 'running' },
      0,
      { do: 'poweron' },
    ],
    ['leaves off what was off', view('off', { image: available }), { image, power: 'off' }, 0, { do: 'done' }],
    [
      'leaves alone what somebody has started meanwhile',
      view('running', { image: available }),
      { image, power: 'off' },
      0,
      { do: 'done' },
    ],
    [
      'stops again what the change of type has started',
      view('running', { last: 'change' }, { server_type: { name: 'cx43' } }),
      { type, power: 'off' },
      0,
      { do: 'shutdown' },
    ],
    [
      'is done when it runs again',
      view('running', { image: available }),
      { image, power: 'running' },
      0,
      { do: 'done' },
    ],
    [
      'does not switch on twice what is slow to start',
      view('off', { last: 'poweron' }),
      { power: 'running' },
      10_000,
      { do: 'rest', after: 1000 },
    ],
    ['ends at a state that does not pass', view('deleting'), { type, power: 'running' }, 300_000, { do: 'stuck' }],
  ];
  it.each(cases)('%s', (_, given, owes, now, step) => {
    expect(plan(given, journal(owes), now)).toEqual(step);
  });

  it('gives up a guest that takes too long when its power must not be cut', () => {
    const slow = view('running', { last: 'shutdown' });
    expect(plan(slow, journal({ image, power: 'running' }, false), 60_000)).toEqual({ do: 'give-up' });
  });
});

describe('a plan that is followed', () => {
  const statuses = ['running', 'off', 'starting', 'stopping', 'unknown', 'initializing'];

  it('starts only what was running, and never changes a server that is on', () => {
    const anyView = fc.record({
      status: fc.constantFrom(...statuses),
      type: fc.constantFrom('cx33', 'cx43'),
      locked: fc.boolean(),
      image: fc.constantFrom(undefined, available, { id: 9, status: 'creating' }),
      looks: fc.nat(settled),
      last: fc.constantFrom<(Deed | undefined)[]>(undefined, 'shutdown', 'poweroff', 'poweron', 'image', 'change'),
      now: fc.nat(400_000),
    });
    const anyOwed = fc.record({
      goal: fc.constantFrom({ image }, { type }, {}),
      power: fc.constantFrom('running' as const, 'off' as const),
    });
    fc.assert(
      fc.property(anyView, anyOwed, (seen, { goal, power }) => {
        const { status, now, last, looks } = seen;
        const server = { server_type: { name: seen.type }, locked: seen.locked };
        const step = plan(view(status, { image: seen.image, looks, last }, server), journal({ ...goal, power }), now);
        if (step.do === 'poweron') expect([power, status]).toEqual(['running', 'off']);
        if (step.do === 'image' || step.do === 'change') expect(status).toBe('off');
        if (step.do === 'image') expect([seen.image, looks]).toEqual([undefined, settled]);
        if (step.do === 'shutdown' || step.do === 'poweroff') expect(status).not.toBe('off');
        if (step.do === 'done' && power === 'running') expect(status).toBe('running');
        if (step.do === 'rest') expect(step.after).toBeGreaterThan(0);
        if (seen.locked) expect(step.do).toBe('unlock');
      }),
    );
  });
});
