import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { ahead, back, field, type Input, parseField, settleTimes } from '../../src/core/field.ts';

describe('a field', () => {
  it('names its flag when the value is wrong', () => {
    const size = field('integer', 'Size');
    expect(() => parseField('size', size, ['big'])).toThrow("--size: 'big' is not a whole number");
  });

  it('names its operand when the value is wrong', () => {
    const count = field('integer', 'Count', { operand: 'one' });
    expect(() => parseField('count', count, ['x'])).toThrow('<count>');
  });

  it('takes only its choices, each of several', () => {
    const type = field('list', 'Type', { choices: ['cpu', 'disk'] });
    expect(parseField('type', type, ['cpu,disk'])).toEqual(['cpu', 'disk']);
    expect(() => parseField('type', type, ['cpu', 'ram'])).toThrow("'ram' is not one of cpu, disk");
  });

  it('fixes the type of its input: required and preset values are always there', () => {
    const fields = {
      name: field('text', 'Name', { required: true }),
      size: field('integer', 'Size'),
      wait: field('duration', 'Wait', { default: 30_000 }),
    };
    const input: Input<typeof fields> = { name: 'a', wait: 1, size: undefined };
    const name: string = input.name;
    const wait: number = input.wait;
    expect([name, wait]).toEqual(['a', 1]);
  });

  it('throws Failures only', () => {
    const bad = () => parseField('ip', field('ip', 'IP'), ['x']);
    expect(bad).toThrow(Failure);
  });
});

describe('a time for which a duration may stand', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  const fields = { since: field('time', 'Since', back), until: field('time', 'Until', ahead), at: field('time', 'At') };

  it('is so long ago, or so long from now, by whether it lies behind or ahead', () => {
    expect(settleTimes(fields, { since: '24h', until: '1h30m' }, now)).toEqual({
      since: '2026-11-24T12:00:00.000Z',
      until: '2026-11-25T13:30:00.000Z',
    });
    expect(settleTimes(fields, { since: '0' }, now)).toEqual({ since: '2026-11-25T12:00:00.000Z' });
  });

  it('stays what it is when it is a time, or was not given', () => {
    const input = { since: '2026-11-23', until: undefined, at: '2026-11-23T08:00:00Z' };
    expect(settleTimes(fields, input, now)).toBe(input);
  });

  it('is refused when it is neither, with both named', () => {
    for (const typed of ['yesterday', '24', '2026-13-01', '-1h', '999999999w', '']) {
      expect(() => parseField('since', fields.since, [typed])).toThrow(
        `--since: '${typed}' is neither a time nor a duration`,
      );
    }
    expect(() => parseField('at', fields.at, ['24h'])).toThrow("--at: '24h' is not a time");
  });

  it('is always a time once it was taken', () => {
    const typed = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.constantFrom('ms', 's', 'h', 'd', 'w')).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(typed, fc.constantFrom('since', 'until'), (text, name) => {
        let taken: unknown;
        try {
          taken = parseField(name, fields[name as 'since'], [text]);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        const settled = settleTimes(fields, { [name]: taken }, now)[name];
        expect(Date.parse(String(settled))).not.toBeNaN();
      }),
    );
  });
});
