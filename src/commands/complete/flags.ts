import type { Fields } from '../../core/field.ts';
import type { Candidate } from './candidate.ts';
import type { Given } from './place.ts';

const repeatable: readonly string[] = ['list', 'repeat', 'labels'];

/** The flags that may still be given; with one dash those that have a letter come by their letter too. */
export function offerFlags(fields: Fields, given: Given, typed: string): Candidate[] {
  const open = Object.entries(fields).filter(
    ([name, { type, operand, hidden }]) =>
      operand === undefined && !hidden && (given[name] === undefined || repeatable.includes(type)),
  );
  const letters = open.flatMap(([, { short, summary }]) => (short ? [{ word: `-${short}`, summary }] : []));
  const names = open.map(([name, { summary }]) => ({ word: `--${name}`, summary }));
  const help = { word: '--help', summary: 'Show help' };
  return [...names, help, ...(typed.startsWith('--') ? [] : letters)];
}
