import type { Match } from '../../core/access/operation.ts';
import { mentions } from './mentions.ts';

/** Collections whose items name each other, by each of them. */
const related: ReadonlyMap<string, readonly string[]> = relate();

/** The collections that a change may show in. */
export function touchedBy({ operation, type }: Match): readonly string[] {
  const touched = operation.method === 'PUT' ? [type] : (related.get(type) ?? [type]);
  return [...touched, ...touched.map(one => `${one}/actions`)];
}

function relate(): Map<string, readonly string[]> {
  const pairs = Object.entries(mentions).flatMap(([type, named]) => named.map(one => [type, one.type] as const));
  const types = new Set(pairs.flat());
  const of = (type: string) => pairs.flatMap(([from, to]) => (from === type ? [to] : to === type ? [from] : []));
  return new Map([...types].map(type => [type, [...new Set([type, ...of(type)])]]));
}
