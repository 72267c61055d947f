import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useKey } from '../../../../src/core/store/key.ts';
import { openBudget, openReading, sealBudget, sealReading } from '../../../../src/daemon/gateway/upstream/sealed.ts';
import { isYoung } from '../../../../src/daemon/gateway/upstream/together.ts';

const key = useKey(Buffer.alloc(32, 1));
const reading = fc.record({
  items: fc.array(fc.record({ id: fc.nat(), name: fc.string() })),
  version: fc.string(),
  pages: fc.nat(),
  at: fc.nat(),
});

describe('a list in Redis', () => {
  it('comes out as it was put in, under its own name only', async () => {
    await fc.assert(
      fc.asyncProperty(reading, fc.string(), fc.string(), async (one, name, other) => {
        const sealed = await sealReading(key, name, one);
        expect(await openReading(key, name, sealed)).toEqual(one);
        if (other !== name) expect(await openReading(key, other, sealed)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('is none when any of it was changed', async () => {
    const sealed = (await sealReading(key, 'servers', { items: [{ id: 1 }], version: 'a', pages: 1, at: 1 }))!;
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.constantFrom('A', 'B', '"', '}', ' '), async (at, by) => {
        const changed = `${sealed.slice(0, at)}${by}${sealed.slice(at + 1)}`;
        const opened = await openReading(key, 'servers', changed);
        // What the base64 of it does not tell apart is not a change.
        if (opened) expect(opened).toEqual({ items: [{ id: 1 }], version: 'a', pages: 1, at: 1 });
        else expect(changed).not.toBe(sealed);
      }),
    );
  });

  it('is none when it is something else, whatever stands there', async () => {
    const other = fc.oneof(fc.constant(null), fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(other, async text => {
        expect(await openReading(key, 'servers', text)).toBeUndefined();
        expect(openBudget(key, 'servers', text)).toBeUndefined();
        // Also when the key is right.
        expect(openBudget(key, 'servers', key.seal(String(text), 'servers'))).toBeUndefined();
        expect(await openReading(key, 'servers', key.seal(String(text), 'servers'))).toBeUndefined();
      }),
    );
  });

  it('is taken while it is younger than its life, and never after', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(100_000), fc.nat(200_000), (at, life, age) => {
        expect(isYoung({ at }, life, at + age)).toBe(age < life);
      }),
    );
  });
});

describe('what is left, in Redis', () => {
  it('comes out as it was put in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 36_000 }),
        fc.double({ min: 0, max: 36_000, noNaN: true }),
        fc.nat(),
        (limit, left, at) => {
          const sealed = sealBudget(key, 'budget', { limit, left, at, next: 5 });
          expect(openBudget(key, 'budget', sealed)).toEqual({ limit, left: left + 0, at, next: 0 });
        },
      ),
    );
  });
});
