import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEntry } from '../../../src/core/audit/export.ts';

const item = {
  id: 7,
  at: '2026-11-25T10:00:00.000Z',
  of: null,
  actor: 'root@socket',
  action: 'schedule.delete',
  target_type: 'schedule',
  target_id: '3',
  target_name: 'nightly',
  result: 'refused',
  reason: 'not_found: it is gone',
  difference: { cron: ['"a"', 'b]'] },
  hash: 'abc',
};

/** A record of RFC 5424 taken apart by its grammar. */
const record =
  /^<(\d{1,3})>1 (\S+) - cloudctl - audit \[audit@32473((?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff(.*)$/s;

describe('an entry of the audit log', () => {
  it('is a line of JSON with all that it has', () => {
    expect(JSON.parse(formatEntry('jsonl', item))).toEqual(item);
  });

  it('is a record of syslog of facility 13, a warning when it was refused', () => {
    expect(formatEntry('syslog', item)).toBe(
      '<108>1 2026-11-25T10:00:00.000Z - cloudctl - audit [audit@32473 id="7" actor="root@socket" action="schedule.delete" target_type="schedule" target_id="3" target_name="nightly" result="refused" reason="not_found: it is gone" difference="{\\"cron\\":[\\"\\\\\\"a\\\\\\"\\",\\"b\\]\\"\\]}" hash="abc"] \ufeffroot@socket: schedule.delete schedule nightly: refused: not_found: it is gone',
    );
  });

  it('is one record whatever is in it: nothing ends it early or begins another', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (actor, name, reason) => {
        const line = formatEntry('syslog', { ...item, actor, target_name: name, reason });
        expect(line).not.toMatch(/[\n\r\0]/);
        expect(line).toMatch(record);
        expect(formatEntry('jsonl', { ...item, actor })).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
