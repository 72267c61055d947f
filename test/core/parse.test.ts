import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { checkLabelKey, checkSelector, parseDuration, parsers } from '../../src/core/parse.ts';

const refuse = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe('usage');
    return (error as Failure).message;
  }
  throw new Error('it was taken');
};

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['0', 0],
  ])('%s is %i milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', '-1s', '1x', 's', '1s ', '1m 30s', '1e3s'])("'%s' is refused", text => {
    expect(refuse(() => parseDuration(text))).toContain('is not a duration');
  });
});

describe('labels', () => {
  it('are repeated or separated by commas, and may be empty', () => {
    expect(parsers.labels(['a=1,b=', 'example.com/c=x.y_z-1'])).toEqual({ a: '1', b: '', 'example.com/c': 'x.y_z-1' });
  });

  it.each([
    'a',
    '=1',
    'a=b c',
    'a=:',
    '-a=1',
    'a=-',
    `a=${'x'.repeat(64)}`,
    `${'x'.repeat(64)}=1`,
    'UP/a=1',
    'a/b/c=1',
  ])('%s is refused', text => void refuse(() => parsers.labels([text])));

  it('take every key of the documented form', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    fc.assert(fc.property(name, key => checkLabelKey(key) === key));
  });
});

describe('a selector', () => {
  it.each(['a', '!a', 'a=b', 'a==b', 'a!=b', 'a in (x,y)', 'a notin (x)', 'a=b,!c,d in (e, f)', 'x.y/z=1', 'a='])(
    '%s is taken as it is',
    text => expect(checkSelector(text)).toBe(text),
  );

  it.each(['', 'a b', 'a=b=c', 'a in x', 'a in ()', ',', 'a,,b', 'a=(b)', '!'])("'%s' is refused", text => {
    expect(refuse(() => checkSelector(text))).toContain('is not a label selector');
  });
});

describe('other values', () => {
  it('integers are whole and safe', () => {
    expect(parsers.integer(['42'])).toBe(42);
    for (const text of ['', '4.2', '1e3', 'x', '9007199254740993']) refuse(() => parsers.integer([text]));
  });

  it('booleans are spelt as Go spells them, and more', () => {
    expect(['true', 'T', '1', 'yes', 'on'].map(text => parsers.boolean([text]))).toEqual(Array(5).fill(true));
    expect(['false', 'f', '0', 'no', 'off'].map(text => parsers.boolean([text]))).toEqual(Array(5).fill(false));
    refuse(() => parsers.boolean(['maybe']));
  });

  it('the last of several wins, where one is meant', () => expect(parsers.text(['a', 'b'])).toBe('b'));

  it('lists drop blanks around commas and empty parts', () =>
    expect(parsers.list(['a, b,', 'c'])).toEqual(['a', 'b', 'c']));

  it('repeated values keep their commas', () => expect(parsers.repeat(['a,b', 'c'])).toEqual(['a,b', 'c']));

  it('times are RFC 3339, or a day', () => {
    expect(parsers.time(['2026-11-23T08:00:00Z'])).toBe('2026-11-23T08:00:00Z');
    expect(parsers.time(['2026-11-23'])).toBe('2026-11-23');
    for (const text of ['yesterday', '2026-13-01', '08:00', '2026-11-23T08:00']) refuse(() => parsers.time([text]));
  });

  it('addresses and networks are checked', () => {
    for (const text of ['10.0.0.1', '2001:db8::1', '::']) expect(parsers.ip([text])).toBe(text);
    for (const text of ['10.0.0', '10.0.0.256', '01.0.0.1', '::g', 'x', '']) refuse(() => parsers.ip([text]));
    for (const text of ['10.0.0.0/8', '2001:db8::/64']) expect(parsers.cidr([text])).toBe(text);
    for (const text of ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '/8']) refuse(() => parsers.cidr([text]));
  });

  it('no text makes a parser throw anything but usage', () => {
    const names = Object.keys(parsers) as (keyof typeof parsers)[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, text) => {
        try {
          parsers[name]([text]);
        } catch (error) {
          expect((error as Failure).code).toBe('usage');
        }
      }),
    );
  });
});
