import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagesPrice, pricer } from '../../../src/core/backup/price.ts';
import { freshness, limitsOf } from '../../../src/core/backup/stale.ts';
import { writeDuration, writeStamp, writeTime } from '../../../src/core/backup/words.ts';
import { parseDuration } from '../../../src/core/parse.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('how fresh images are', () => {
  it.each([
    ['hourly', hour, 90 * minute, 360 * minute],
    ['daily', day, 28 * hour, 32 * hour],
    ['weekly', 7 * day, 8 * day, 10 * day],
    ['monthly', 30 * day, 32 * day, 40 * day],
  ])('%s ones are a worry at the limits of sanoid', (_name, period, warning, critical) => {
    expect(limitsOf(period)).toEqual({ warning, critical });
    expect(freshness({ newest: 0, since: 0, period }, warning - 1)).toBe('fresh');
    expect(freshness({ newest: 0, since: 0, period }, warning)).toBe('warning');
    expect(freshness({ newest: 0, since: 0, period }, critical - 1)).toBe('warning');
    expect(freshness({ newest: 0, since: 0, period }, critical)).toBe('critical');
  });

  it('has limits for any period that grow with it, the warning after the period and before the other', () => {
    const period = fc.integer({ min: 1000, max: 400 * day });
    fc.assert(
      fc.property(period, period, (one, other) => {
        const [shorter, longer] = [limitsOf(Math.min(one, other)), limitsOf(Math.max(one, other))];
        expect(shorter.warning).toBeGreaterThan(Math.min(one, other));
        expect(shorter.critical).toBeGreaterThan(shorter.warning);
        expect(longer.warning).toBeGreaterThanOrEqual(shorter.warning);
        expect(longer.critical).toBeGreaterThanOrEqual(shorter.critical);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is `never` without an image, once one is overdue', () => {
    expect(freshness({ newest: null, since: 0, period: day }, -hour)).toBe('fresh');
    expect(freshness({ newest: null, since: 0, period: day }, 4 * hour - 1)).toBe('fresh');
    expect(freshness({ newest: null, since: 0, period: day }, 4 * hour)).toBe('never');
  });

  it('is fresh where the clock stands before the image', () =>
    expect(freshness({ newest: day, since: 0, period: hour }, 0)).toBe('fresh'));
});

describe('what images cost a month', () => {
  const price = { net: '0.0110000000', gross: '0.0130900000000000' };

  it('is their gigabytes at the price, exactly', () => {
    expect(pricer(price)(2.5)).toEqual({ net: '0.0275', gross: '0.032725' });
    expect(imagesPrice(price, [2.5, null, 10])).toEqual({ net: '0.1375', gross: '0.163625' });
    expect(imagesPrice(price, [])).toEqual({ net: '0.00', gross: '0.00' });
  });

  it('is not known without a price or a size', () => {
    expect(pricer(null)(2.5)).toBeNull();
    expect(pricer(price)(null)).toBeNull();
    expect(imagesPrice(null, [1])).toBeNull();
  });
});

describe('words for times', () => {
  it.each([
    [0, '0s'],
    [0.5, '0s'],
    [14 * day, '14d'],
    [36 * hour, '1d12h'],
    [90_000, '1m30s'],
    [1500, '1s500ms'],
  ])('%i ms is %s', (length, text) => expect(writeDuration(length)).toBe(text));

  it('are read back as the same', () => {
    fc.assert(fc.property(fc.nat(1e12), length => parseDuration(writeDuration(length)) === length));
  });

  it('tell a moment to the second', () => expect(writeTime(0)).toBe('1970-01-01T00:00:00Z'));

  it('stand in a label without a colon', () =>
    expect(writeStamp(Date.parse('2026-11-23T06:45:11.900Z'))).toBe('20261123T064511Z'));
});
