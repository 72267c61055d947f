import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serverNames } from '../../../src/core/server-create/names.ts';

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

describe('the names of several servers', () => {
  test('are as many as asked for, each another, plain numbers from 1', () => {
    fc.assert(
      fc.property(label, fc.integer({ min: 2, max: 120 }), (name, count) => {
        const names = serverNames(name, count);
        expect(new Set(names).size).toBe(count);
        expect(names[0]).toBe(`${name}-1`);
        expect(names.at(-1)).toBe(`${name}-${count}`);
        expect(serverNames(`${name}{n}.example.com`, count)[1]).toBe(`${name}2.example.com`);
      }),
    );
  });

  test('replace {n} for one server too, and leave other names alone', () => {
    expect(serverNames('web-{n}')).toEqual(['web-1']);
    expect(serverNames('web')).toEqual(['web']);
    expect(serverNames('{n}.{n}', 2)).toEqual(['1.1', '2.2']);
  });

  test.each(['', '-web', 'web-', 'a..b', 'a_b', 'web 1', 'a'.repeat(64), `${'a'.repeat(60)}.`.repeat(5)])(
    'are host names, not %j',
    name => {
      expect(() => serverNames(name)).toThrow('is not a host name');
    },
  );

  test('are checked before the first is made: the hundredth can be too long', () => {
    const name = 'a'.repeat(61);
    expect(serverNames(name, 9)).toHaveLength(9);
    expect(() => serverNames(name, 10)).toThrow(`'${name}-10' is not a host name`);
    expect(() => serverNames('web', 0)).toThrow("--count: '0' is less than 1");
  });
});
