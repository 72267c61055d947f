import type { Estimate } from '../../core/cost/estimate.ts';
import { type CostGroup, groupKey, groupLines } from '../../core/cost/group.ts';
import type { IdleLine } from '../../core/cost/idle.ts';
import type { CostLine } from '../../core/cost/lines.ts';
import { exactMoney, roundMoney, type Sum } from '../../core/cost/money.ts';
import type { Cell } from '../../core/resource.ts';
import type { Look } from '../output/data.ts';
import type { Format } from '../output/format.ts';
import { type Rows, writeRows } from '../output/rows.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';

const lineColumns = ['kind', 'name', 'id', 'type', 'location', 'labels', 'net', 'gross', 'currency'];
const groupColumns = ['group', 'count', 'net', 'gross', 'currency'];

/** The columns there are for what `--by` and `--idle` ask for. */
export function columnsFor(by: string, idle: boolean): readonly string[] {
  if (idle) return [...lineColumns, 'reason'];
  return by === 'resource' ? lineColumns : groupColumns;
}

/** Writes the estimate's lines, each or in groups. */
export function writeLinesOf(session: Session, format: Format, estimate: Estimate, by: string): Promise<void> {
  const money = columnsOf(format, estimate.currency);
  if (by === 'resource') {
    const defaults = ['kind', 'name', 'type', 'location', 'net', 'gross'];
    const columns = { ...about, ...money };
    return write(session, format, { items: estimate.lines, columns, defaults, wide: lineColumns, ...labels });
  }
  const columns = { group: (row: CostGroup) => row.group, count: (row: CostGroup) => row.count, ...money };
  const items = groupLines(estimate.lines, groupKey(by));
  const sayWho = { nameOf: (row: CostGroup) => row.group, idOf: (row: CostGroup) => row.group };
  return write(session, format, { items, columns, defaults: groupColumns.slice(0, 4), wide: groupColumns, ...sayWho });
}

/** Writes what idles and still costs. */
export function writeIdle(session: Session, format: Format, { idle, currency }: Estimate): Promise<void> {
  const columns = { ...about, ...columnsOf(format, currency), reason: (row: IdleLine) => row.reason };
  const defaults = ['kind', 'name', 'type', 'location', 'gross', 'reason'];
  return write(session, format, { items: idle, columns, defaults, wide: columnsFor('resource', true), ...labels });
}

function write<T>({ world, ...session }: Session, format: Format, rows: Omit<Rows<T>, keyof Look>): Promise<void> {
  return writeRows(world.out, format, { ...rows, ...lookOf({ world, ...session }) });
}

const labels = { nameOf: (row: CostLine) => row.name, idOf: (row: CostLine) => row.id };

const about: Record<string, (row: CostLine) => Cell> = {
  kind: row => row.kind,
  name: row => row.name,
  id: row => row.id,
  type: row => row.type,
  location: row => row.location,
  labels: row => row.labels,
};

/** Cents for people, every decimal for CSV. */
function columnsOf(format: Format, currency: string) {
  const spell = format.kind === 'csv' ? exactMoney : roundMoney;
  type Costing = { readonly cost?: Sum };
  return {
    net: ({ cost }: Costing) => cost && spell(cost.net),
    gross: ({ cost }: Costing) => cost && spell(cost.gross),
    currency: () => currency,
  };
}
