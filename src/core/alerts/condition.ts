import type { Insertable } from 'kysely';
import type { Sql, Step } from '../store/store.ts';
import type { ConditionRow } from '../store/tables.ts';
import { template } from '../store/template.ts';

/** What somebody who watches says of one thing: it is wrong now, right again, or about to be wrong. */
export interface Condition {
  /** The same for the same thing, at most 255 bytes: `check/12`, `backup/3/42`. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly firing: boolean;
  /** When it will be wrong if it goes on like this, milliseconds: it is not `firing` yet, and nobody is told. */
  readonly fires?: number;
  readonly severity: 'info' | 'warning' | 'critical';
  /** What routes and silences choose by: `{ check: 'web', server: 'web-1' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly summary: string;
  /** What else is known, as JSON. */
  readonly details?: unknown;
}

/** The write that hands a condition over, for the commit that has the change of state it tells of; what becomes of it is decided by who reads the table in its order. */
export function stating(store: Sql, condition: Condition): Step {
  const { key, at, firing, fires = null, severity, labels, summary, details } = condition;
  const row = {
    ...{ subject: key, at, firing: Number(firing), fires_at: fires, severity, summary },
    ...{ labels: JSON.stringify(labels), details: details === undefined ? null : JSON.stringify(details) },
  };
  return { query: adding(store, row) };
}

const adding = template((db, row: Insertable<ConditionRow>) => db.insertInto('conditions').values(row));
