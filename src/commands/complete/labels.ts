import type { Named } from './cache.ts';
import { type Candidate, sortCandidates } from './candidate.ts';

/** The keys of the labels that the targets have, named by name or id; of all things where no target is known. */
export function offerLabelKeys(names: readonly Named[], targets: readonly string[]): Candidate[] {
  const meant = names.filter(({ id, name }) => targets.includes(name) || targets.includes(String(id)));
  const labelled = meant.length > 0 ? meant : names;
  return toWords(labelled.flatMap(({ labels }) => Object.keys(labels ?? {})));
}

/** What the term of a selector at the end of `typed` can be: keys, and after `=` or `!=` the values of the key. */
export function offerSelectors(names: readonly Named[], typed: string): Candidate[] {
  const start = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, start);
  const [, not = '', key = '', operator] = /^(!?)([^=!]*)(==|!=|=)?/.exec(typed.slice(start)) ?? [];
  if (operator === undefined) {
    const keys = names.flatMap(({ labels }) => Object.keys(labels ?? {}));
    return toWords(keys.map(one => `${before}${not}${one}`));
  }
  const values = names.flatMap(({ labels }) => (labels && key in labels ? [labels[key]] : []));
  return toWords(values.map(value => `${before}${not}${key}${operator}${value}`));
}

function toWords(words: readonly string[]): Candidate[] {
  return sortCandidates([...new Set(words)].map(word => ({ word })));
}
