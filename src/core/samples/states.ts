import type { Condition } from '../alerts/condition.ts';
import { leftNow } from '../hetzner/budget.ts';
import type { Budget } from '../hetzner/pace.ts';
import { day } from './levels.ts';

/** What of a server is judged, as its list tells it; traffic in bytes of this billing period, ends in RFC 3339. */
export interface Judged {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly image: string | null;
  readonly outgoing: number | null;
  readonly included: number | null;
  readonly typeEnds: string | null;
  readonly imageEnds: string | null;
}

/** The conditions that were firing, by their keys, in a word that changes when somebody should hear of it again. */
export type Firing = Readonly<Record<string, string>>;

/** What is wrong with the servers and the bucket of requests at `now` (ms): those that fire, with their words. */
export function judge(
  servers: readonly Judged[],
  budget: Budget | undefined,
  now: number,
): Map<string, [Condition, string]> {
  const found = [...servers.flatMap(server => [traffic(server, now), deprecation(server, now)]), requests(budget, now)];
  return new Map(found.flatMap(one => (one ? [[one[0].key, one] as const] : [])));
}

/** The conditions to be told: those that fire anew or otherwise than before, and those that do no more; and what fires now. */
export function changesOf(
  before: Firing,
  found: ReadonlyMap<string, [Condition, string]>,
  now: number,
): { readonly changed: readonly Condition[]; readonly firing: Firing } {
  const fresh = [...found.values()].filter(([{ key }, word]) => before[key] !== word).map(([condition]) => condition);
  const over = Object.keys(before).filter(key => !found.has(key));
  const ended = over.map(
    (key): Condition => ({
      key,
      at: now,
      firing: false,
      severity: 'info',
      labels: labelsOf(key),
      summary: `${key} is over`,
    }),
  );
  return {
    changed: [...fresh, ...ended],
    firing: Object.fromEntries([...found].map(([key, [, word]]) => [key, word])),
  };
}

type Found = [Condition, string] | undefined;

function traffic({ id, name, outgoing, included }: Judged, now: number): Found {
  if (outgoing === null || !included) return undefined;
  const percent = Math.floor((outgoing / included) * 100);
  if (percent < 80) return undefined;
  const key = `traffic/${id}`;
  const isOver = percent >= 100;
  const condition = {
    ...{ key, at: now, firing: true, labels: { ...labelsOf(key), server: name } },
    severity: isOver ? ('critical' as const) : ('warning' as const),
    summary: `${name} has sent ${percent} % of its included traffic`,
    details: { outgoing, included },
  };
  return [condition, isOver ? '100' : '80'];
}

function deprecation({ id, name, type, image, typeEnds, imageEnds }: Judged, now: number): Found {
  const ends = [...(typeEnds ? [`type ${type}`, typeEnds] : []), ...(imageEnds ? [`image ${image}`, imageEnds] : [])];
  if (ends.length === 0) return undefined;
  const key = `deprecation/${id}`;
  const first = Math.min(...[typeEnds, imageEnds].flatMap(text => (text ? [Date.parse(text)] : [])));
  const isSoon = first - now < 30 * day;
  const what = ends.flatMap((text, index) =>
    index % 2 === 0 ? [`${text} until ${ends[index + 1]!.slice(0, 10)}`] : [],
  );
  const condition = {
    ...{ key, at: now, firing: true, labels: { ...labelsOf(key), server: name } },
    severity: isSoon ? ('warning' as const) : ('info' as const),
    summary: `${name} uses what can be had for some time only: ${what.join(', ')}`,
    details: { type_until: typeEnds, image_until: imageEnds },
  };
  return [condition, `${isSoon ? 'soon' : 'announced'} ${ends.join(' ')}`];
}

function requests(budget: Budget | undefined, now: number): Found {
  if (!budget) return undefined;
  const left = Math.floor(leftNow(budget, now));
  if (left >= budget.limit / 10) return undefined;
  const key = 'requests';
  const summary = `${left} of ${budget.limit} requests an hour are left at Hetzner`;
  return [{ key, at: now, firing: true, severity: 'warning', labels: labelsOf(key), summary }, 'few'];
}

/** What a key is about: `{ state: 'traffic' }`. */
function labelsOf(key: string): Record<string, string> {
  return { state: key.split('/')[0]! };
}
