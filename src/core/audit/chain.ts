import { createHash } from 'node:crypto';
import type { AuditRow } from '../store/tables.ts';
import type { Entry } from './audit.ts';

/** The hash before the first entry. */
export const genesis = '0'.repeat(64);

/** What a row holds beside its hash, in the order in which it is hashed. */
const columns = [
  'seq',
  'at',
  'of_seq',
  'actor',
  'action',
  'target_type',
  'target_id',
  'target_name',
  'request_id',
  'address',
  'result',
  'reason',
  'difference',
] as const satisfies readonly (keyof AuditRow)[];

/** The row's hash after the one before it: SHA-256 over that hash and all of the row as JSON, in hexadecimal. */
export function hashRow(previous: string, row: Omit<AuditRow, 'hash'>): string {
  const body = JSON.stringify(columns.map(name => row[name]));
  return createHash('sha256').update(`${previous}\n${body}`).digest('hex');
}

/** The rows of entries that follow `seq` and its hash, made at `at` (milliseconds). */
export function chain(entries: readonly Entry[], after: { seq: number; hash: string }, at: number): AuditRow[] {
  let { seq, hash } = after;
  return entries.map(entry => {
    seq += 1;
    const row = rowOf(entry, seq, at);
    hash = hashRow(hash, row);
    return { ...row, hash };
  });
}

function rowOf(entry: Entry, seq: number, at: number): Omit<AuditRow, 'hash'> {
  const { target, difference } = entry;
  return {
    seq,
    at,
    of_seq: entry.of ?? null,
    actor: within(entry.actor),
    action: within(entry.action),
    target_type: within(target.type),
    target_id: within(String(target.id)),
    target_name: within(target.name ?? ''),
    request_id: entry.requestId === undefined ? null : within(entry.requestId),
    address: entry.address === undefined ? null : within(entry.address),
    result: entry.result,
    reason: entry.reason === undefined ? null : within(entry.reason, 4096),
    difference: difference === undefined ? null : JSON.stringify(difference),
  };
}

/** The text as every database gives it back: of at most so many bytes, without halves of characters. */
function within(text: string, most = 255): string {
  let bytes = Buffer.from(text, 'utf8');
  if (bytes.length > most) {
    let end = most;
    // Not within a character: its further bytes begin with the bits 10.
    while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
    bytes = bytes.subarray(0, end);
  }
  return bytes.toString('utf8');
}
