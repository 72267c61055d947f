import type { Labels } from '../core/hetzner/types.ts';
import { complainAboutKey, complainAboutValue } from './labels.ts';

/** One condition of a label selector; all of them must hold. */
export type Term =
  | { key: string; test: 'exists' | 'absent' }
  | { key: string; test: 'in' | 'notin'; values: readonly string[] };

/** Parses `k=v`, `k==v`, `k!=v`, `k`, `!k`, `k in (a,b)`, `k notin (a,b)` joined by commas; undefined if it is malformed. */
export function parseSelector(text: string): Term[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const parts = trimmed.match(/(?:[^,()]|\([^()]*\))+|,|[()]/g) ?? [];
  const terms: Term[] = [];
  for (const [index, part] of parts.entries()) {
    // Conditions and commas take turns, beginning and ending with a condition.
    if (index % 2 === 1) {
      if (part !== ',') return undefined;
      continue;
    }
    const term = parseTerm(part.trim());
    if (!term) return undefined;
    terms.push(term);
  }
  return parts.length % 2 === 1 ? terms : undefined;
}

/** Whether labels fulfil every term; as in Kubernetes, `!=` and `notin` hold where the key is absent. */
export function matchesSelector(terms: readonly Term[], labels: Labels): boolean {
  return terms.every(term => {
    const value = Object.hasOwn(labels, term.key) ? labels[term.key] : undefined;
    switch (term.test) {
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      case 'in':
        return value !== undefined && term.values.includes(value);
      case 'notin':
        return value === undefined || !term.values.includes(value);
    }
    return false;
  });
}

function parseTerm(text: string): Term | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) return check(set[1]!, set[2] as 'in' | 'notin', set[3]!.split(',').map(trim));
  const compared = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (compared) return check(compared[1]!, compared[2] === '!=' ? 'notin' : 'in', [compared[3]!]);
  const negated = /^!\s*(\S+)$/.exec(text);
  if (negated) return check(negated[1]!, 'absent');
  return check(text, 'exists');
}

function check(key: string, test: Term['test'], values: string[] = []): Term | undefined {
  // The reserved prefix may be asked for although it may not be set.
  const wrong = key.startsWith('hetzner.cloud/') ? undefined : complainAboutKey(key);
  if (wrong || values.some(complainAboutValue)) return undefined;
  return test === 'in' || test === 'notin' ? { key, test, values } : { key, test };
}

function trim(text: string): string {
  return text.trim();
}
