import type { CostLine } from './lines.ts';
import { addSums, type Sum } from './money.ts';

/** Lines that have something in common; `unpriced` of them have no known price and are not in the sum. */
export interface CostGroup {
  readonly group: string;
  readonly count: number;
  readonly unpriced: number;
  readonly cost: Sum;
}

/** The lines in groups with equal keys, the dearest first. */
export function groupLines(lines: readonly CostLine[], keyOf: (line: CostLine) => string): CostGroup[] {
  const groups = new Map<string, CostLine[]>();
  for (const line of lines) {
    const key = keyOf(line);
    const members = groups.get(key);
    if (members) members.push(line);
    else groups.set(key, [line]);
  }
  const summed = [...groups].map(([group, members]) => ({
    group,
    count: members.length,
    unpriced: members.filter(({ cost }) => !cost).length,
    cost: sumLines(members),
  }));
  return summed.sort((a, b) => byCost(a, b) || (a.group < b.group ? -1 : 1));
}

/** What the lines cost together, those without a price left out. */
export function sumLines(lines: readonly CostLine[]): Sum {
  return addSums(lines.flatMap(({ cost }) => cost ?? []));
}

/** Orders the dearest first; what has no price comes last. */
export function byCost(a: { readonly cost?: Sum }, b: { readonly cost?: Sum }): number {
  const [one, other] = [a.cost?.gross ?? -1n, b.cost?.gross ?? -1n];
  return one === other ? 0 : one > other ? -1 : 1;
}

/** What a line is grouped by: its location, its kind and type, or the value of a label; `-` where it has none. */
export function groupKey(by: string): (line: CostLine) => string {
  if (by === 'location') return line => line.location ?? '-';
  if (by === 'type') return line => (sized.has(line.kind) ? line.kind : `${line.kind} ${line.type}`.trim());
  const label = by.slice('label='.length);
  return line => line.labels[label] || '-';
}

const sized: ReadonlySet<string> = new Set(['volume', 'snapshot']);
