import type { Item } from '../../core/resource.ts';
import type { Mask } from '../api/entries.ts';
import type { Ask } from './ask.ts';
import { decide } from './standing.ts';

type Body = Readonly<Record<string, unknown>>;

/** An answer without the secrets of those items of which its reader may not have them. */
export function withoutSecrets(ask: Pick<Ask, 'principal' | 'view' | 'match'>, body: unknown): unknown {
  const { type, operation } = ask.match;
  const { secretOutput = [], secretsNeed } = operation;
  if (secretsNeed === undefined) return body;
  const mayHave = (item: unknown) => decide(ask, secretsNeed, type, item as Item).kind === 'allowed';
  return secretOutput.reduce((left, path) => {
    const [place = '', ...within] = path.split('.');
    return replaceAt(left, [place], item => (mayHave(item) ? item : replaceAt(item, within, () => null)));
  }, body);
}

/** A body with its secrets masked, as the audit log may have it. */
export function maskSecrets(paths: readonly string[], body: unknown, mask: Mask): unknown {
  return paths.reduce((left, path) => replaceAt(left, path.split('.'), value => mask(JSON.stringify(value))), body);
}

function replaceAt(at: unknown, [step, ...rest]: readonly string[], replace: (value: unknown) => unknown): unknown {
  if (at === null || at === undefined) return at;
  if (step === undefined) return replace(at);
  if (typeof at !== 'object') return at;
  const key = step.replace('[]', '');
  if (!Object.hasOwn(at, key)) return at;
  const value = (at as Body)[key];
  const next = Array.isArray(value) ? value.map(one => replaceAt(one, rest, replace)) : replaceAt(value, rest, replace);
  return { ...at, [key]: next };
}
