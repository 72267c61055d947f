import { Command as Commander, CommanderError, Option } from 'commander';
import { globalFields } from '../core/config/settings.ts';
import { Failure } from '../core/failure.ts';
import { type Field, type Fields, type FieldType, parseField } from '../core/field.ts';
import { fence, negated, spellBooleans } from './argv.ts';
import type { Command } from './command.ts';
import { distribute } from './operands.ts';

/** What the words of one command mean. */
export interface Parsed {
  readonly help: boolean;
  readonly input: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** The values of a command's fields and of the global flags; throws `usage` for what the command does not take. */
export function parseCommand(name: string, command: Command, words: readonly string[]): Parsed {
  const own = command.fields;
  const fields: Fields = { ...globalFields, ...own };
  const parser = declare(name, fields);
  parseWords(parser, spellBooleans(command.passThrough ? fence(words, fields) : words, fields));
  if (parser.getOptionValue('help')) return { help: true, input: {}, flags: {} };
  const typed = typedFlags(parser, fields);
  const operands = distribute(own, parser.args, skipped(command, typed));
  return {
    help: false,
    input: valuesOf(own, { ...typed, ...operands }),
    flags: valuesOf(globalFields, typed, false),
  };
}

/** A selector or --all stands for the target, which is the first operand. */
function skipped(command: Command, typed: Typed): string | undefined {
  if (!command.targets) return undefined;
  const byAll = typed.all !== undefined && command.targets.all;
  return byAll || typed.selector !== undefined ? command.targets.operand : undefined;
}

type Typed = Record<string, string[]>;

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
  const typed: Typed = {};
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

function valuesOf(fields: Fields, typed: Typed, complete = true): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(fields)) {
    const given = typed[name];
    if (given) values[name] = parseField(name, declared as Field<FieldType>, given);
    else if (declared.default !== undefined && complete) values[name] = declared.default;
    else if (declared.required && complete && !declared.operand) {
      throw new Failure('usage', `missing --${name}`, { hint: declared.summary });
    }
  }
  return values;
}
