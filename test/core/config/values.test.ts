import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Setting, settings } from '../../../src/core/config/settings.ts';
import {
  formatDuration,
  fromToml,
  keysOf,
  mergePreferences,
  parseSetting,
  readPreference,
  toToml,
  writePreference,
} from '../../../src/core/config/values.ts';
import { parseDuration } from '../../../src/core/parse.ts';
import { failureOf } from './home.ts';

const list: Setting = settings['default-ssh-keys'];

describe('a value in the file', () => {
  it.each<[keyof typeof settings, unknown, unknown]>([
    ['poll-interval', '500ms', 500],
    ['debug', true, true],
    ['debug', 'yes', true],
    ['concurrency', 4, 4],
    ['debug-file', '/tmp/x', '/tmp/x'],
    ['default-ssh-keys', ['a', 7], ['a', '7']],
    ['default-ssh-keys', 'a,b', ['a', 'b']],
  ])('of %s that is %j means %j', (name, written, value) => {
    expect(fromToml(settings[name], written)).toEqual(value);
  });

  it.each<[keyof typeof settings, unknown]>([
    ['poll-interval', 500],
    ['poll-interval', 'soon'],
    ['debug', 1],
    ['concurrency', 0],
    ['concurrency', 1.5],
    ['concurrency', true],
    ['debug-file', ['a']],
    ['default-ssh-keys', [true]],
    ['endpoint', 'http://example.com'],
  ])('of %s cannot be %j', async (name, written) => {
    expect((await failureOf(() => fromToml(settings[name], written))).code).toBe('usage');
  });
});

describe('a value that is typed', () => {
  it('is kept as hcloud keeps it: durations as text, lists without repetitions in their order', () => {
    expect(toToml(settings['poll-interval'], ['90s'])).toBe('90s');
    expect(toToml(settings.debug, ['1'])).toBe(true);
    expect(toToml(settings.concurrency, ['7'])).toBe(7);
    expect(toToml(settings['debug-file'], ['x'])).toBe('x');
    expect(toToml(list, ['b', 'a,b', 'c'])).toEqual(['b', 'a', 'c']);
  });

  it('is one value unless the setting is a list', async () => {
    expect((await failureOf(() => toToml(settings.debug, ['true', 'false']))).message).toBe('takes exactly one value');
  });

  it('must make sense', async () => {
    expect((await failureOf(() => parseSetting(settings.concurrency, ['-1']))).message).toContain('less than 1');
    expect((await failureOf(() => parseSetting(settings.context, ['']))).message).toBe('is empty');
  });
});

describe('a duration', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [30_000, '30s'],
    [90_000, '1m30s'],
    [7_200_500, '2h500ms'],
  ])('of %i ms is shown as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('is read back as it was', () => {
    fc.assert(fc.property(fc.nat(), milliseconds => parseDuration(formatDuration(milliseconds)) === milliseconds));
  });
});

describe('preferences', () => {
  it('have keys with _ and a table for each family', () => {
    expect(keysOf('poll-interval')).toEqual(['poll_interval']);
    expect(keysOf('sort.floating-ip')).toEqual(['sort', 'floating_ip']);
  });

  it('give back what was written, leave the others alone, and are as before once it is taken away', () => {
    const key = fc.stringMatching(/^[a-z_]{1,5}$/);
    const keys = fc.array(key, { minLength: 1, maxLength: 2 });
    const table = fc.dictionary(key, fc.oneof(fc.integer(), fc.dictionary(key, fc.integer(), { minKeys: 1 })));
    fc.assert(
      fc.property(table, keys, fc.integer(), (before, path, value) => {
        const after = writePreference(before, path, value);
        expect(readPreference(after, path)).toBe(value);
        for (const [other, kept] of Object.entries(before)) if (other !== path[0]) expect(after[other]).toEqual(kept);
        if (readPreference(before, [path[0]!]) === undefined) {
          expect(writePreference(after, path, undefined)).toEqual(before);
        }
      }),
    );
  });

  it('do not mistake what every object inherits for a value', () => {
    expect(readPreference({}, ['constructor'])).toBeUndefined();
    expect(readPreference({ sort: 1 }, ['sort', 'server'])).toBeUndefined();
    expect(readPreference(undefined, ['debug'])).toBeUndefined();
  });

  it('are merged by key, tables by their keys', () => {
    const first = { debug: true, sort: { server: ['a'], volume: ['b'] } };
    expect(mergePreferences(first, { quiet: true, sort: { server: ['c'] } })).toEqual({
      debug: true,
      quiet: true,
      sort: { server: ['c'], volume: ['b'] },
    });
  });
});
