import { Failure } from '../failure.ts';
import type { Store } from '../store/store.ts';
import type { AuditRow } from '../store/tables.ts';
import type { EntryItem } from './export.ts';

/** Which entries are wanted. */
export interface EntryFilters {
  readonly actor?: string;
  readonly action?: string;
  /** Name or id of what it was done to. */
  readonly target?: string;
  /** RFC 3339. */
  readonly since?: string;
  readonly result?: readonly AuditRow['result'][];
  /** The list ends after so many. */
  readonly limit?: number;
}

/** A part of the entries that match, and how many do. */
export async function readEntries(
  { db }: Pick<Store, 'db'>,
  filters: EntryFilters,
  { limit, offset, ascending }: { readonly limit: number; readonly offset: number; readonly ascending: boolean },
): Promise<{ readonly rows: readonly EntryItem[]; readonly total: number }> {
  const { actor, action, target, since, result } = filters;
  const most = Math.max(0, filters.limit ?? Number.POSITIVE_INFINITY);
  const matching = db
    .selectFrom('audit')
    .$if(actor !== undefined, rows => rows.where('actor', '=', actor!))
    .$if(action !== undefined, rows => rows.where('action', '=', action!))
    .$if(target !== undefined, rows =>
      rows.where(({ eb, or }) => or([eb('target_name', '=', target!), eb('target_id', '=', target!)])),
    )
    .$if(since !== undefined, rows => rows.where('at', '>=', Date.parse(since!)))
    .$if(result !== undefined, rows => rows.where('result', 'in', result!));
  const counted = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const total = Math.min(Number(counted.total), most);
  const order = ascending ? 'asc' : 'desc';
  const rows = await matching
    .selectAll()
    .orderBy('seq', order)
    .limit(Math.max(0, Math.min(limit, total - offset)))
    .offset(offset)
    .execute();
  return { rows: rows.map(itemOf), total };
}

/** One entry; throws `not_found`. */
export async function readEntry({ db }: Pick<Store, 'db'>, seq: number): Promise<EntryItem> {
  const row = await db.selectFrom('audit').selectAll().where('seq', '=', seq).executeTakeFirst();
  if (row) return itemOf(row);
  throw new Failure('not_found', `audit entry with ID '${seq}' not found`);
}

function itemOf(row: AuditRow): EntryItem {
  return {
    id: row.seq,
    at: new Date(row.at).toISOString(),
    of: row.of_seq,
    actor: row.actor,
    action: row.action,
    target_type: row.target_type,
    target_id: row.target_id,
    target_name: row.target_name,
    request_id: row.request_id,
    address: row.address,
    result: row.result,
    reason: row.reason,
    difference: row.difference === null ? null : JSON.parse(row.difference),
    hash: row.hash,
  };
}
