import type { Field, Fields } from '../core/field.ts';

/** The first words that are not flags or their values: the group and the command. `at` is the index after each. */
export function leadingWords(argv: readonly string[], globals: Fields, most = 2): { word: string; at: number }[] {
  const words: { word: string; at: number }[] = [];
  for (let index = 0; index < argv.length && words.length < most; index += 1) {
    const word = argv[index]!;
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      words.push({ word, at: index + 1 });
      continue;
    }
    if (takesNext(word, globals)) index += 1;
  }
  return words;
}

/** True when the flag's value is the next word. */
function takesNext(word: string, fields: Fields): boolean {
  if (word.includes('=')) return false;
  const declared = flagOf(word, fields);
  if (!declared || declared.type === 'boolean') return false;
  return word.startsWith('--') || word.length === 2;
}

function flagOf(word: string, fields: Fields): Field | undefined {
  if (word.startsWith('--')) return fields[word.slice(2).split('=')[0]!];
  return Object.values(fields).find(declared => declared.short === word[1]);
}

/** Go's `--flag=false` in words that commander understands: `--flag`, or nothing and the flag's negation. */
export function spellBooleans(argv: readonly string[], fields: Fields): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) => {
    const match = /^--([a-z0-9-]+)=(true|false|1|0|t|f)$/i.exec(word);
    if (!match || (end >= 0 && index > end) || fields[match[1]!]?.type !== 'boolean') return word;
    return /^[t1]/i.test(match[2]!) ? `--${match[1]}` : negated(match[1]!);
  });
}

/** The flag that means the opposite. */
export function negated(name: string): string {
  return name.startsWith('no-') ? `--${name.slice(3)}` : `--no-${name}`;
}

/** With everything after the first operand behind a `--`, so that its flags are left alone. */
export function fence(argv: readonly string[], fields: Fields): string[] {
  const [first] = leadingWords(argv, fields, 1);
  if (!first || argv.slice(0, first.at).includes('--') || argv[first.at] === '--') return [...argv];
  return [...argv.slice(0, first.at), '--', ...argv.slice(first.at)];
}

/** True when the words ask for output that programs read, so that errors are JSON too; asked before they are parsed. */
export function wantsMachine(argv: readonly string[]): boolean {
  const formats = argv.flatMap((word, index) => {
    if (word === '-o' || word === '--output') return [argv[index + 1] ?? ''];
    return /^(?:-o|--output=)(.+)$/.exec(word)?.[1] ?? [];
  });
  const query = argv.some(word => word === '--query' || word.startsWith('--query='));
  return formats.some(format => /^=?(json|ndjson|yaml)$/.test(format)) || (query && formats.length === 0);
}
