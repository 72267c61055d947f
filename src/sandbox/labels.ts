import type { Labels } from '../core/hetzner/types.ts';

const word = /^[a-z0-9A-Z]([-_.a-z0-9A-Z]{0,61}[a-z0-9A-Z])?$/;
const prefixPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Says what is wrong with a label key, or nothing. */
export function complainAboutKey(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !prefixPattern.test(prefix))) {
    return `label key '${key}' has an invalid prefix`;
  }
  if (prefix === 'hetzner.cloud') return `label key '${key}' uses the reserved prefix hetzner.cloud/`;
  return word.test(name) ? undefined : `label key '${key}' is not valid`;
}

/** Says what is wrong with a label value, or nothing; the empty value is right. */
export function complainAboutValue(value: string): string | undefined {
  return value === '' || word.test(value) ? undefined : `label value '${value}' is not valid`;
}

/** Takes the labels out of a request, or a list of what is wrong with them. */
export function parseLabels(input: unknown): { labels: Labels; complaints: string[] } {
  const labels: Labels = {};
  const complaints: string[] = [];
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { labels, complaints: ['must be a map of strings'] };
  }
  for (const [key, value] of Object.entries(input)) {
    const wrong =
      complainAboutKey(key) ??
      (typeof value === 'string' ? complainAboutValue(value) : `label value of '${key}' must be a string`);
    if (wrong) complaints.push(wrong);
    else labels[key] = value as string;
  }
  return { labels, complaints };
}
