import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/core/api.ts';
import { age, findOutside } from '../../../../src/daemon/gateway/reconcile/outside.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const at = (ms: number) => new Date(now - ms).toISOString();
const action = (id: number, command: string, before = age, resources = [{ id: 1, type: 'server' }]): Action => ({
  ...{
    id,
    command,
    status: 'success',
    progress: 100,
    started: at(before),
    finished: at(before),
    resources,
    error: null,
  },
});
const find = (actions: readonly Action[], known: readonly number[] = [], images: object[] = []) => {
  const { outside, newest } = findOutside({ now, actions, known: new Set(known), images: images as never });
  return { outside: outside.map(({ id }) => id), newest };
};

describe('an action that nobody began through the daemon', () => {
  it('is told when it is so old that the daemon would know of it', () => {
    const actions = [action(3, 'reboot_server', 1000), action(1, 'reboot_server'), action(2, 'reboot_server')];
    expect(find(actions, [1])).toEqual({ outside: [2], newest: 2 });
    expect(find([action(3, 'reboot_server', 1000)])).toEqual({ outside: [], newest: undefined });
  });

  it("is not told where it is Hetzner's own: a renewed certificate, an automatic backup", () => {
    const backup = { type: 'backup', bound_to: 1, created: at(age) };
    expect(find([action(1, 'issue_certificate', age, [{ id: 4, type: 'certificate' }])]).outside).toEqual([]);
    expect(find([action(1, 'create_image')], [], [backup]).outside).toEqual([]);
    expect(find([action(1, 'create_image')], [], [{ ...backup, type: 'snapshot', bound_to: null }]).outside).toEqual([
      1,
    ]);
    expect(find([action(1, 'create_image')], [], [{ ...backup, bound_to: 2 }]).outside).toEqual([1]);
  });

  it('is not told where it came with a server that was deleted through the daemon', () => {
    const both = [
      { id: 1, type: 'server' },
      { id: 9, type: 'volume' },
    ];
    const deletion = action(1, 'delete_server', age + 30_000);
    expect(find([deletion, action(2, 'detach_volume', age, both)], [1]).outside).toEqual([]);
    expect(find([deletion, action(2, 'detach_volume', age, both)], []).outside).toEqual([1, 2]);
    const other = [{ id: 2, type: 'server' }];
    expect(find([deletion, action(2, 'reboot_server', age, other)], [1]).outside).toEqual([2]);
  });
});
