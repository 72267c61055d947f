import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { field, type Input, parseField } from '../../src/core/field.ts';

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
