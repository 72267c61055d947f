import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, genesis } from '../../../src/core/audit/chain.ts';
import { signPoint } from '../../../src/core/audit/keys.ts';
import { verifyRows } from '../../../src/core/audit/verify.ts';
import type { AuditRow } from '../../../src/core/store/tables.ts';
import { anyEntry, entry, newKey } from './entries.ts';

const key = newKey();
const point = ({ seq, hash, at }: AuditRow) => ({ seq, hash, at, signature: signPoint(key, { seq, hash, at }) });
const rowsOf = (entries: Parameters<typeof chain>[0]) => chain(entries, { seq: 0, hash: genesis }, 1_700_000_000_000);
const log = fc.array(anyEntry, { minLength: 1, maxLength: 12 }).map(rowsOf);
const place = fc.nat();

/** Another value of the same column: of another kind too, where it may be null. */
const otherThan = (value: AuditRow[keyof AuditRow]): fc.Arbitrary<unknown> =>
  fc.oneof(typeof value === 'number' ? fc.integer() : fc.string(), fc.constant(null)).filter(other => other !== value);

const columns = Object.keys(rowsOf([entry('a')])[0]!) as (keyof AuditRow)[];

describe('verifying the audit log', () => {
  it('finds nothing wrong with a log as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(log, async rows => {
        const found = await verifyRows(rows, rows.map(point), key);
        expect(found).toMatchObject({ intact: true, entries: rows.length, faults: [] });
      }),
    );
  });

  it.each(columns)('finds any change of %s in any row', async column => {
    const change = fc.tuple(log, place).chain(([rows, at]) => {
      const index = at % rows.length;
      return otherThan(rows[index]![column]).map(value => rows.with(index, { ...rows[index]!, [column]: value }));
    });
    await fc.assert(
      fc.asyncProperty(change, async rows => {
        expect((await verifyRows(rows, [], key)).intact).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('finds entries that are taken out, put in twice or exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(log, place, place, async (rows, one, other) => {
        const [a, b] = [one % rows.length, other % rows.length];
        const without = rows.toSpliced(a, 1);
        if (a < rows.length - 1) expect((await verifyRows(without, [], key)).intact).toBe(false);
        expect((await verifyRows(rows.toSpliced(a, 0, rows[a]!), [], key)).intact).toBe(false);
        if (a !== b) expect((await verifyRows(rows.with(a, rows[b]!).with(b, rows[a]!), [], key)).intact).toBe(false);
      }),
    );
  });

  it('finds an end that is cut off behind a checkpoint, also when all is gone', async () => {
    await fc.assert(
      fc.asyncProperty(log, place, async (rows, at) => {
        const kept = rows.slice(0, at % rows.length);
        const found = await verifyRows(kept, [point(rows.at(-1)!)], key);
        expect(found.intact).toBe(false);
        expect(found.faults.join()).toMatch(
          `the end is cut off: entry ${kept.length} is the last, and entry ${rows.length}`,
        );
      }),
    );
  });

  it('finds a log that was written anew as a whole, by its checkpoints', async () => {
    const rows = rowsOf([entry('a'), entry('b')]);
    const forged = rowsOf([entry('a'), entry('mallory')]);
    const found = await verifyRows(forged, [point(rows[1]!)], key);
    expect(found.faults).toEqual(['entry 2: it is not what checkpoint 2 signed']);
  });

  it('finds a checkpoint of another key, and does not go by it', async () => {
    const rows = rowsOf([entry('a'), entry('b')]);
    const { seq, at, hash } = rows[1]!;
    const forged = { seq, at, hash, signature: signPoint(newKey(), { seq, at, hash }) };
    expect(await verifyRows(rows, [forged], key)).toMatchObject({
      intact: false,
      faults: ['checkpoint 2: its signature is not good'],
      newest: null,
    });
  });

  it('names the first broken link', async () => {
    const rows = rowsOf([entry('a'), entry('b'), entry('c'), entry('d')]);
    const changed = rows.with(1, { ...rows[1]!, actor: 'nobody' });
    expect((await verifyRows(changed, [], key)).faults).toEqual(['entry 2: it was changed, or the one before it']);
    const gone = rows.toSpliced(1, 2);
    expect((await verifyRows(gone, [], key)).faults).toEqual(['entries 2 to 3 are missing']);
  });
});
