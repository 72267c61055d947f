import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostSamples } from '../../../src/core/metrics/range.ts';
import {
  type Asked,
  afterAnswer,
  freshRange,
  gapRange,
  longest,
  nothingAsked,
  reach,
  resolution,
} from '../../../src/core/samples/plan.ts';

const now = Date.parse('2026-11-23T08:00:30Z');
const hour = 3_600_000;

describe('what is asked of Hetzner', () => {
  it('is no more than one answer holds, on the same grid each time', () => {
    const asked = nothingAsked(0, now);
    const range = freshRange(asked, now)!;
    expect((range.end - range.start) / resolution).toBeLessThan(mostSamples);
    expect(range.start % resolution).toBe(0);
    expect(range.end).toBeLessThanOrEqual(now - resolution);
  });

  it('is the newest first, and then what lies before it', () => {
    const asked: Asked = { until: now - 20 * hour - (now % resolution), gaps: [] };
    const first = freshRange(asked, now)!;
    const then = afterAnswer(asked, first, first.end, now);
    expect(first.end).toBeGreaterThan(now - 3 * resolution);
    expect(then.gaps).toEqual([{ start: asked.until, end: first.start }]);
    expect(gapRange(then, now)).toEqual({ start: first.start - longest, end: first.start });
  });

  it('is the end of the range again where samples come late, but not for ever', () => {
    const asked = nothingAsked(now - 10 * hour, now);
    const range = { start: asked.until, end: asked.until + 4 * hour };
    expect(afterAnswer(asked, range, range.start + hour, now).until).toBe(range.start + 2 * hour);
    expect(afterAnswer(asked, range, range.end, now).until).toBe(range.end);
    expect(afterAnswer(asked, range, undefined, now).until).toBe(range.end - 2 * hour);
  });

  it('never goes further back than Hetzner does, nor before the server was made', () => {
    expect(nothingAsked(0, now).until).toBeGreaterThanOrEqual(now - reach - resolution);
    expect(nothingAsked(now - hour, now).until).toBeGreaterThan(now - hour - resolution);
    const old: Asked = { until: now, gaps: [{ start: 0, end: now - reach - hour }] };
    expect(gapRange(old, now)).toBeUndefined();
  });

  it('covers everything since the last time, whatever the pauses between', () => {
    const pauses = fc.array(fc.integer({ min: 1, max: 5 * 24 * 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pauses, fc.boolean(), (minutes, isInclusive) => {
        let time = now - 25 * 24 * hour;
        const begin = nothingAsked(time, time).until;
        let asked = nothingAsked(time, time);
        const covered = new Set<number>();
        const ask = (range: { start: number; end: number }) => {
          const last = isInclusive ? range.end : range.end - resolution;
          for (let at = range.start; at <= last; at += resolution) covered.add(at);
          expect((range.end - range.start) / resolution).toBeLessThan(mostSamples);
          asked = afterAnswer(asked, range, last, time);
        };
        for (const pause of minutes) {
          time = Math.min(now, time + pause * resolution);
          const fresh = freshRange(asked, time);
          if (fresh) ask(fresh);
        }
        const last = freshRange(asked, time);
        if (last) ask(last);
        let requests = 0;
        for (let gap = gapRange(asked, time); gap; gap = gapRange(asked, time)) {
          ask(gap);
          requests += 1;
        }
        const missing = [];
        for (let at = begin; at < asked.until; at += resolution) if (!covered.has(at)) missing.push(at);
        expect(missing).toEqual([]);
        expect(requests).toBeLessThan(100);
        expect(asked.gaps).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
