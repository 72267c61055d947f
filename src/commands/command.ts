import type { FailureCode } from '../core/failure.ts';
import { type Fields, field, type Input } from '../core/field.ts';
import type { Session } from './session.ts';

/** One thing a person can type, as data: the parser, help, completion, man page and reference are made from it. */
export interface Command<F extends Fields = Fields> {
  readonly name: string;
  readonly summary: string;
  /** More than the summary: paragraphs for help and the man page. */
  readonly description?: string;
  /** Flags, and operands in the order they are typed. */
  readonly fields: F;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** How it may fail besides the ways that every command may. */
  readonly exits: readonly FailureCode[];
  /** The operand that names the targets, left out where `-l` (unless `selector` is false) or `--all` stands for it. */
  readonly targets?: { readonly operand: string; readonly all: boolean; readonly selector?: boolean };
  /** The columns that its table can have, for completion and the manual. */
  readonly columns?: readonly string[];
  /** Everything after the first operand is passed on, flags too. */
  readonly passThrough?: boolean;
  readonly hidden?: boolean;
  readonly aliases?: readonly string[];
  /** Prints, and resolves with an exit status where it is not 0 and not a Failure's, such as ssh's own. */
  run(session: Session, input: Input<F>): Promise<void | number>;
}

/** A noun and what can be done with it. */
export interface Group {
  readonly name: string;
  /** What the noun does by itself, where it has no verbs. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own.
  readonly command?: Command<any>;
  // biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own.
  readonly commands: readonly Command<any>[];
}

/** Declares a command; the fields' types fix those of its input. */
export function command<const F extends Fields>(declared: Command<F>): Command<F> {
  return declared;
}

/** How any command may fail; a command adds its own. */
export const commonExits = ['unexpected', 'usage', 'interrupted'] as const satisfies readonly FailureCode[];

/** How any command that speaks to an API may fail. */
export const apiExits = [
  'unauthorized',
  'forbidden',
  'limited',
  'unreachable',
  'timeout',
] as const satisfies readonly FailureCode[];

/** Flags of commands that print data. */
export const outputFields = {
  output: field('repeat', 'table, wide, json, ndjson, yaml, csv, name, id, columns=a,b, noheader or format={{.Name}}', {
    short: 'o',
    placeholder: 'format',
  }),
  columns: field('list', 'Columns to show'),
  query: field('text', 'JMESPath expression on the JSON', { placeholder: 'expression' }),
};

/** Flags of commands that start actions. */
export const waitFields = {
  'no-wait': field('boolean', 'Do not wait: print the ids of the actions'),
};

/** Flags of commands that change something. */
export const rehearseFields = {
  'dry-run': field('boolean', 'Show the requests that would be sent; change nothing'),
};

/** Flags of commands for several items. */
export const targetFields = {
  selector: field('selector', 'All items whose labels match', { short: 'l' }),
  all: field('boolean', 'All items'),
};
