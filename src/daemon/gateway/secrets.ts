import type { Operation } from '../../core/access/operation.ts';
import type { Mask } from '../api/entries.ts';
import type { View } from './view.ts';

type Body = Readonly<Record<string, unknown>>;

/** An answer without the secrets that its reader may not have. */
export function withoutSecrets(view: View, { secretOutput = [], secretsNeed }: Operation, body: unknown): unknown {
  if (secretsNeed === undefined || view.isGranted(secretsNeed)) return body;
  return secretOutput.reduce((left, path) => replaceAt(left, path.split('.'), () => null), body);
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
