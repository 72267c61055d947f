import type { Field, Fields } from '../../core/field.ts';
import { quoteWord } from '../../core/server-create/quote.ts';

/** The command line, quoted for a shell, that gives these values; those that are the defaults are left out. */
export function commandLine(name: string, fields: Fields, input: Readonly<Record<string, unknown>>): string {
  const flags = Object.entries(fields).flatMap(([flag, declared]) => {
    const value = input[flag];
    return value === undefined || value === declared.default ? [] : wordsOf(flag, declared, value);
  });
  return ['cloudctl', ...name.split(' '), ...flags.map(quoteWord)].join(' ');
}

function wordsOf(flag: string, { type }: Field, value: unknown): string[] {
  if (type === 'boolean') return [value === true ? `--${flag}` : `--${flag}=false`];
  if (type === 'list') return spell(flag, (value as string[]).join(','));
  if (type === 'repeat') return (value as string[]).flatMap(one => spell(flag, one));
  if (type === 'labels') {
    return Object.entries(value as Record<string, string>).flatMap(([key, text]) => spell(flag, `${key}=${text}`));
  }
  return spell(flag, String(value));
}

function spell(flag: string, value: string): string[] {
  // A value like a flag, or an empty one, would be misread as a word of its own.
  return value === '' || value.startsWith('-') ? [`--${flag}=${value}`] : [`--${flag}`, value];
}
