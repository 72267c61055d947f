import { globalFields } from '../core/config/settings.ts';
import { Failure } from '../core/failure.ts';
import { type Field, type Fields, type FieldType, parseField } from '../core/field.ts';
import { fence, spellBooleans } from './argv.ts';
import type { Command } from './command.ts';
import { distribute } from './operands.ts';
import type { Typed, Words } from './words.ts';

/** What the words of one command mean. */
export interface Parsed {
  readonly help: boolean;
  readonly input: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** The values of a command's fields and of the global flags; throws `usage` for what the command does not take. */
export async function parseCommand(name: string, command: Command, words: readonly string[]): Promise<Parsed> {
  const own = command.fields;
  const fields: Fields = { ...globalFields, ...own };
  const given = spellBooleans(command.passThrough ? fence(words, fields) : words, fields);
  const { help, typed, rest } =
    given.length === 0 ? nothing : (await import('./words.ts')).readWords(name, fields, given);
  if (help) return { help, input: {}, flags: {} };
  const operands = distribute(own, rest, skipped(command, typed));
  return {
    help: false,
    input: valuesOf(own, { ...typed, ...operands }),
    flags: valuesOf(globalsBeside(own), typed, false),
  };
}

/** The global flags beside the command's own: one with a `--config` of its own, as for the daemon's file, leaves the program's where it is. */
export function globalsBeside(own: Fields): Fields {
  const { config: _, ...others } = globalFields;
  return own.config ? others : globalFields;
}

/** What no words at all mean: known without commander. */
const nothing: Words = { help: false, typed: {}, rest: [] };

/** A selector or --all stands for the target, which is the first operand. */
function skipped(command: Command, typed: Typed): string | undefined {
  if (!command.targets) return undefined;
  const byAll = typed.all !== undefined && command.targets.all;
  const bySelector = typed.selector !== undefined && command.targets.selector !== false;
  return byAll || bySelector ? command.targets.operand : undefined;
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
