import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHost } from '../../../src/core/ssh/known-host.ts';

const created = '2026-11-01T00:00:00Z';
const action = (id: number, command = 'reboot_server', status = 'success') => ({ id, command, status });

describe('a known host key', () => {
  it('is learned at the first connection, and what happened before does not count again', () => {
    const first = judgeHost(undefined, created, [action(9, 'rebuild_server'), action(3)]);
    expect(first).toEqual({ forget: true, mark: { created, seen: 9 } });
    expect(judgeHost(first.mark, created, [action(9, 'rebuild_server')])).toEqual({ forget: false, mark: first.mark });
  });

  it('is forgotten after a rebuild, once', () => {
    const after = judgeHost({ created, seen: 9 }, created, [action(12), action(11, 'rebuild_server')]);
    expect(after).toEqual({ forget: true, mark: { created, seen: 12 } });
    expect(judgeHost(after.mark, created, [action(13), action(12)]).forget).toBe(false);
  });

  it('is forgotten again after a rebuild that was still going on', () => {
    const during = judgeHost({ created, seen: 9 }, created, [action(11, 'rebuild_server', 'running')]);
    expect(during).toEqual({ forget: true, mark: { created, seen: 10 } });
    expect(judgeHost(during.mark, created, [action(11, 'rebuild_server')]).forget).toBe(true);
  });

  it('is forgotten when the id is that of another server', () => {
    expect(judgeHost({ created, seen: 9 }, '2026-11-02T00:00:00Z', []).forget).toBe(true);
  });

  it('is kept through everything but rebuilds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (ids, seen) => {
        const { forget, mark } = judgeHost(
          { created, seen },
          created,
          ids.map(id => action(id)),
        );
        expect(forget).toBe(false);
        expect(mark.seen).toBe(Math.max(seen, ...ids));
      }),
    );
  });
});
