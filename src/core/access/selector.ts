import { isLabelKey, isLabelValue } from '../parse.ts';

/** One condition on labels: the key is there, with one of the values where some are given; or, negated, that is not so. */
interface Condition {
  readonly key: string;
  readonly values?: readonly string[];
  readonly negated: boolean;
}

/** A label selector: all of its conditions hold, so that an empty one takes everything. */
export type Selector = readonly Condition[];

const prefix = 'cloudctl/';
// cloudctl finds an image by it that it has just asked for: it names no owner, and nothing is decided by it.
const open = ['cloudctl/run'];

/** Whether a label's key is the gateway's own: nobody else sets it, sees it or asks for it. */
export function isReserved(key: string): boolean {
  return key.startsWith(prefix) && !open.includes(key);
}

/** Reads `k`, `!k`, `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, joined by commas; undefined for what Hetzner does not take. */
export function parseSelector(text: string): Selector | undefined {
  if (text.trim() === '') return [];
  const conditions: Condition[] = [];
  // A comma within brackets is between values.
  for (const part of text.split(/,(?![^(]*\))/)) {
    const condition = parseCondition(part.trim());
    if (!condition || !isLabelKey(condition.key) || !(condition.values ?? []).every(isLabelValue)) return undefined;
    conditions.push(condition);
  }
  return conditions;
}

/** Whether labels fulfil a selector; as in Kubernetes, what is negated holds where the key is absent. */
export function matches(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every(({ key, values, negated }) => {
    const isThere = Object.hasOwn(labels, key) && (values === undefined || values.includes(labels[key]!));
    return isThere !== negated;
  });
}

/** Whether a selector asks for labels that are the gateway's own. */
export function mentionsReserved(selector: Selector): boolean {
  return selector.some(({ key }) => isReserved(key));
}

function parseCondition(text: string): Condition | undefined {
  const [, within, word, list] = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text) ?? [];
  if (within !== undefined) {
    return { key: within, values: list!.split(',').map(value => value.trim()), negated: word === 'notin' };
  }
  const [, compared, sign, value] = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text) ?? [];
  if (compared !== undefined) return { key: compared, values: [value!], negated: sign === '!=' };
  const [, bang, key] = /^(!?)\s*(\S+)$/.exec(text) ?? [];
  return key === undefined ? undefined : { key, negated: bang === '!' };
}
