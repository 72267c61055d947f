import type { Field, Fields } from '../../core/field.ts';
import type { Command } from '../command.ts';
import { operandsOf } from '../operands.ts';

/** What has been typed for each field so far, values of lists apart. */
export type Given = Readonly<Record<string, readonly string[]>>;

/** What the word at the cursor is a part of. */
export interface Place {
  readonly kind: 'flag' | 'value' | 'nothing';
  /** The field whose value it is, for `value`. */
  readonly name: string;
  readonly declared?: Field;
  /** What of the word stays as it is: `--output=`, or the finished part of a list. */
  readonly lead: string;
  /** What is typed of the value. */
  readonly typed: string;
  readonly given: Given;
}

/** Enough of a command to know where one is in it. */
export type Placeable = Pick<Command, 'fields' | 'targets' | 'passThrough'>;

/** Finds what `current` is in a command line; `before` are the words between the verb and it. */
export function locate({ fields, ...command }: Placeable, before: readonly string[], current: string): Place {
  const read = readWords(fields, before, command.passThrough ?? false);
  const at = (kind: Place['kind'], name = '', lead = '', typed = current): Place =>
    splitList({ kind, name, declared: fields[name], lead, typed, given: read.given });
  if (read.waiting !== undefined) return at('value', read.waiting);
  if (!read.fenced && current.startsWith('-')) {
    const flag = readFlag(fields, current);
    if (!flag || flag.value === undefined) return at('flag');
    return at('value', flag.name, current.slice(0, current.length - flag.value.length), flag.value);
  }
  if (command.passThrough && read.operands.length > 0) return at('nothing');
  const bySelector = read.given.selector !== undefined && command.targets?.selector !== false;
  const selected = bySelector || (read.given.all !== undefined && command.targets?.all === true);
  const operand = operandAt(fields, read.operands, selected ? command.targets?.operand : undefined);
  if (!operand) return at('nothing');
  const given = { ...read.given, ...operand.given };
  return { ...at('value', operand.name), given };
}

interface Read {
  readonly given: Record<string, string[]>;
  readonly operands: readonly string[];
  /** The flag whose value comes next. */
  readonly waiting?: string;
  /** Everything that follows is an operand. */
  readonly fenced: boolean;
}

function readWords(fields: Fields, words: readonly string[], passThrough: boolean): Read {
  const given: Record<string, string[]> = {};
  const operands: string[] = [];
  let fenced = false;
  let waiting: string | undefined;
  const add = (name: string, value: string) => {
    const values = fields[name]?.type === 'list' ? value.split(',') : [value];
    given[name] = [...(given[name] ?? []), ...values];
  };
  for (const word of words) {
    if (waiting !== undefined) {
      add(waiting, word);
      waiting = undefined;
    } else if (fenced || !word.startsWith('-') || word === '-') {
      operands.push(word);
      fenced ||= passThrough;
    } else if (word === '--') {
      fenced = true;
    } else {
      const flag = readFlag(fields, word);
      for (const name of flag?.switches ?? []) add(name, 'true');
      if (flag?.value !== undefined) add(flag.name, flag.value);
      else if (flag && flag.name !== '') waiting = flag.name;
    }
  }
  return { given, operands, waiting, fenced };
}

interface Flag {
  /** Switches that stand in the word, such as the `q` of `-ql`. */
  readonly switches: readonly string[];
  /** The flag that takes a value; empty where none does. */
  readonly name: string;
  /** Its value, where that is in the same word. */
  readonly value?: string;
}

/** What a word that begins with `-` says; undefined for a flag that is not known. */
function readFlag(fields: Fields, word: string): Flag | undefined {
  if (!word.startsWith('--')) return readShort(fields, word.slice(1));
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const declared = fields[name];
  if (!declared || declared.operand) return undefined;
  if (equals >= 0) return { switches: [], name, value: word.slice(equals + 1) };
  return declared.type === 'boolean' ? { switches: [name], name: '' } : { switches: [], name };
}

function readShort(fields: Fields, letters: string): Flag | undefined {
  const switches: string[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const found = Object.entries(fields).find(([, { short, operand }]) => short === letter && !operand);
    if (!found) return undefined;
    const [name, declared] = found;
    const rest = letters.slice(index + 1);
    if (declared.type !== 'boolean') return { switches, name, value: rest === '' ? undefined : rest };
    switches.push(name);
  }
  return { switches, name: '' };
}

/** The operand that comes after those typed, with what was typed for it. */
function operandAt(
  fields: Fields,
  typed: readonly string[],
  skip?: string,
): { name: string; given: Given } | undefined {
  let left = typed;
  const given: Record<string, readonly string[]> = {};
  for (const [name, { operand }] of operandsOf(fields)) {
    if (name === skip) continue;
    if (operand === 'many' || left.length === 0) return { name, given: { ...given, [name]: left } };
    given[name] = left.slice(0, 1);
    left = left.slice(1);
  }
  return undefined;
}

/** Of a list with commas only the last entry is completed; those before it count as given. */
function splitList(place: Place): Place {
  const { declared, name, typed } = place;
  if (place.kind !== 'value' || declared?.type !== 'list') return place;
  const start = typed.lastIndexOf(',') + 1;
  const done = typed.slice(0, start).split(',').filter(Boolean);
  return {
    ...place,
    lead: place.lead + typed.slice(0, start),
    typed: typed.slice(start),
    given: { ...place.given, [name]: [...(place.given[name] ?? []), ...done] },
  };
}
