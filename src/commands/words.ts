import { Command as Commander, CommanderError, Option } from 'commander';
import { Failure } from '../core/failure.ts';
import type { Field, Fields } from '../core/field.ts';
import { negated } from './argv.ts';

/** What was typed for each flag, every repetition one string. */
export type Typed = Readonly<Record<string, string[]>>;

/** The words of a command taken apart; `rest` are those that are no flags, in their order. */
export interface Words {
  readonly help: boolean;
  readonly typed: Typed;
  readonly rest: readonly string[];
}

/** Takes the words of a command apart by its flags; throws `usage` for a flag that it does not have or that lacks its value. */
export function readWords(name: string, fields: Fields, words: readonly string[]): Words {
  const parser = declare(name, mentioned(fields, words));
  try {
    parser.parse(words, { from: 'user' });
  } catch {
    // Something else is there: with all flags declared commander may know which was meant.
    parseWords(declare(name, fields), words);
  }
  return { help: parser.getOptionValue('help') === true, typed: typedFlags(parser, fields), rest: parser.args };
}

/** The flags that the words may name: to declare all thirty takes commander 2 ms. */
function mentioned(fields: Fields, words: readonly string[]): Fields {
  const flags = words.filter(word => word.startsWith('-')).map(word => word.split('=')[0]);
  const isShort = flags.some(flag => !flag!.startsWith('--'));
  const isNamed = (name: string, { short }: Field) =>
    flags.includes(`--${name}`) || flags.includes(negated(name)) || (isShort && short !== undefined);
  return Object.fromEntries(Object.entries(fields).filter(([name, declared]) => isNamed(name, declared)));
}

function declare(name: string, fields: Fields): Commander {
  const parser = new Commander(name).argument('[words...]').helpOption(false).exitOverride();
  parser.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  parser.addOption(new Option('-h, --help'));
  for (const [flag, declared] of Object.entries(fields)) {
    if (declared.operand) continue;
    for (const option of optionsOf(flag, declared, fields)) parser.addOption(option);
  }
  return parser;
}

/** The field as commander knows it; values are kept as typed, each repetition one. */
function optionsOf(name: string, declared: Field, all: Fields): Option[] {
  const short = declared.short ? `-${declared.short}, ` : '';
  if (declared.type !== 'boolean') {
    const option = new Option(`${short}--${name} <value>`);
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    return [option];
  }
  // `server shutdown` has --wait and --no-wait, each with a meaning of its own.
  const opposite = negated(name);
  const negation = opposite.slice(2) in all ? [] : [new Option(opposite).hideHelp()];
  return [new Option(`${short}--${name}`), ...negation];
}

function parseWords(parser: Commander, words: readonly string[]): void {
  try {
    parser.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    const hint = /Did you mean (.+)\?/.exec(suggestion ?? '')?.[1];
    throw new Failure('usage', message.replace(/ <value>'/, "'"), { hint: hint ? `Did you mean ${hint}?` : undefined });
  }
}

function typedFlags(parser: Commander, fields: Fields): Typed {
  const typed: Record<string, string[]> = {};
  for (const [name, declared] of Object.entries(fields)) {
    if (declared.operand) continue;
    const positive = name.replace(/^no-/, '');
    const key = positive.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const value: unknown = parser.getOptionValue(key);
    if (declared.type !== 'boolean') {
      if (value !== undefined) typed[name] = value as string[];
    } else if (parser.getOptionValueSource(key) === 'cli') {
      typed[name] = [String(name === positive ? value === true : value === false)];
    }
  }
  return typed;
}
