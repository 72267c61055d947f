import { Failure } from './failure.ts';
import { type FieldTypes, parsers } from './parse.ts';

export type FieldType = keyof FieldTypes;

/** One value a person gives: flag, operand, body key, setting. */
export interface Field<T extends FieldType = FieldType, R extends boolean = boolean> {
  readonly type: T;
  readonly summary: string;
  /** The flag must be given; `Input` has no `undefined` for it. */
  readonly required?: R;
  readonly default?: FieldTypes[T];
  readonly choices?: readonly string[];
  /** One letter: `-l`. */
  readonly short?: string;
  /** Given by position, not as a flag: exactly one, or one and more. */
  readonly operand?: 'one' | 'many' | 'optional';
  /** The value names a resource; completion offers its names, and `as: 'id'` has it replaced by the id before `run`. */
  readonly refers?: { readonly resource: string; readonly as: 'id' | 'name' };
  /** Key of the request body, where it is not the field's name with `_` for `-`. */
  readonly key?: string;
  /** Shown in help for the value: `<selector>`. */
  readonly placeholder?: string;
  readonly env?: string;
  /** Never printed. */
  readonly secret?: boolean;
  /** Works but is not shown in help. */
  readonly hidden?: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

/** The values that `Fields` imply: required ones and those with a default are always there. */
export type Input<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends { required: true } | { default: unknown }
    ? FieldTypes[F[K]['type']]
    : FieldTypes[F[K]['type']] | undefined;
};

/** Declares a field; the type's name fixes the type of its value. */
export function field<T extends FieldType, const O extends Omit<Field<T>, 'type' | 'summary'> = object>(
  type: T,
  summary: string,
  options?: O,
): { type: T; summary: string } & O {
  return { type, summary, ...(options as O) };
}

/** The key of a field in a request's body or query. */
export function keyOf(name: string, declared: Pick<Field, 'key'>): string {
  return declared.key ?? name.replaceAll('-', '_');
}

/** The field's value from what was typed (each repetition one string); throws `usage` that names the field and what it takes. */
export function parseField(name: string, declared: Field, typed: readonly string[]): FieldTypes[FieldType] {
  const what = declared.operand ? `<${name}>` : `--${name}`;
  try {
    return parseValue(declared, typed);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('usage', `${what}: ${error.message}`, { hint: error.hint });
  }
}

/** Like `parseField`, with a Failure that names no flag: for values that come from elsewhere. */
export function parseValue(declared: Field, typed: readonly string[]): FieldTypes[FieldType] {
  const value = parsers[declared.type](typed);
  if (declared.choices) requireChoice(declared.choices, value);
  return value;
}

function requireChoice(choices: readonly string[], value: FieldTypes[FieldType]): void {
  for (const one of Array.isArray(value) ? value : [value]) {
    if (choices.includes(String(one))) continue;
    throw new Failure('usage', `'${one}' is not one of ${choices.join(', ')}`);
  }
}
