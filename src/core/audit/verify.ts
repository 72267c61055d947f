import type { KeyObject } from 'node:crypto';
import type { AuditRow, CheckpointRow } from '../store/tables.ts';
import { genesis, hashRow } from './chain.ts';
import { isSigned } from './keys.ts';

/** What a check of the log has found. */
export interface Verification {
  readonly intact: boolean;
  readonly entries: number;
  readonly checkpoints: number;
  /** The first few things that are wrong, a sentence each. */
  readonly faults: readonly string[];
  /** The newest checkpoint that is good: to be kept elsewhere, and compared. */
  readonly newest: { readonly seq: number; readonly hash: string } | null;
}

const most = 20;

/** Checks the links of all rows, oldest first, and the checkpoints against them; after a broken link it goes on from what is there, so that one change is one fault. */
export async function verifyRows(
  rows: AsyncIterable<AuditRow> | Iterable<AuditRow>,
  checkpoints: readonly CheckpointRow[],
  key: KeyObject,
): Promise<Verification> {
  const faults: string[] = [];
  const signed = checkpoints.filter(point => isSigned(key, point));
  for (const { seq } of checkpoints.filter(point => !signed.includes(point))) {
    faults.push(`checkpoint ${seq}: its signature is not good`);
  }
  const points = new Map(signed.map(point => [point.seq, point]));
  let last = { seq: 0, hash: genesis };
  let entries = 0;
  for await (const row of rows) {
    entries += 1;
    const expected = last.seq + 1;
    if (row.seq !== expected) {
      const isGap = row.seq > expected;
      faults.push(
        isGap ? `entries ${expected} to ${row.seq - 1} are missing` : `entry ${row.seq} is not where it belongs`,
      );
    } else if (hashRow(last.hash, row) !== row.hash) {
      faults.push(`entry ${row.seq}: it was changed, or the one before it`);
    }
    const point = points.get(row.seq);
    if (point && point.hash !== row.hash) faults.push(`entry ${row.seq}: it is not what checkpoint ${row.seq} signed`);
    points.delete(row.seq);
    last = row;
  }
  const beyond = [...points.keys()].filter(seq => seq > last.seq);
  if (beyond.length > 0) {
    faults.push(`the end is cut off: entry ${last.seq} is the last, and entry ${Math.max(...beyond)} was signed`);
  }
  const newest = signed.reduce<CheckpointRow | undefined>(
    (best, one) => (best && best.seq > one.seq ? best : one),
    undefined,
  );
  return {
    intact: faults.length === 0,
    entries,
    checkpoints: checkpoints.length,
    faults: faults.slice(0, most),
    newest: newest ? { seq: newest.seq, hash: newest.hash } : null,
  };
}
