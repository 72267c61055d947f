import { formatAge } from './age.ts';
import { escapeControls } from './escape.ts';
import { humanizeBytes, humanizeKey } from './humanize.ts';
import { displayWidth } from './width.ts';

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Any JSON object as aligned `Key:   value` lines, nested by indentation; ages stand beside times when `now` (milliseconds) is given. */
export function describe(item: Readonly<Record<string, unknown>>, now?: number): string[] {
  return describeMap(item, humanizeKey, now);
}

function describeMap(map: object, nameOf: (key: string) => string, now: number | undefined): string[] {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  const names = entries.map(([key]) => `${escapeControls(nameOf(key))}:`);
  const inline = entries.map(([key, value]) => describeInline(key, value, now));
  const width = Math.max(0, ...names.filter((_, index) => inline[index] !== undefined).map(displayWidth));
  return entries.flatMap(([key, value], index) => {
    const name = names[index]!;
    if (inline[index] === undefined) return [name, ...describeBlock(key, value, now).map(line => `  ${line}`)];
    return [name + ' '.repeat(width - displayWidth(name) + 3) + inline[index]];
  });
}

/** What fits on the line of its key; undefined for what needs lines of its own. */
function describeInline(key: string, value: unknown, now: number | undefined): string | undefined {
  if (value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return key.endsWith('_traffic') ? `${value} (${humanizeBytes(value)})` : String(value);
  if (typeof value === 'string') return value.includes('\n') ? undefined : describeText(value, now);
  if (!Array.isArray(value)) return Object.keys(value as object).length === 0 ? '-' : undefined;
  if (value.length === 0) return '-';
  if (value.some(one => typeof one === 'object' && one !== null)) return undefined;
  return value.map(one => escapeControls(String(one))).join(', ');
}

function describeText(text: string, now: number | undefined): string {
  if (now === undefined || !timestamp.test(text)) return escapeControls(text);
  const age = formatAge(now - Date.parse(text));
  return `${text} (${age.startsWith('in ') ? age : `${age} ago`})`;
}

function describeBlock(key: string, value: unknown, now: number | undefined): string[] {
  if (typeof value === 'string') return value.replace(/\n$/, '').split('\n').map(escapeControls);
  // The keys of labels are the user's own words.
  if (!Array.isArray(value)) return describeMap(value as object, key === 'labels' ? name => name : humanizeKey, now);
  return value.flatMap(one => {
    const text = describeInline('', one, now);
    const lines = text === undefined ? describeBlock('', one, now) : [text];
    return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
  });
}
