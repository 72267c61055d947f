import { Failure } from './failure.ts';
import { type FieldTypes, isDuration, parseDuration, parseReach, parsers } from './parse.ts';

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
  /** Of a time: a duration may be typed for it, so long before now or after; see `settleTimes`. */
  readonly reach?: 'back' | 'ahead';
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

/** A time that has been: `2026-11-25T08:00:00Z`, or `24h` for a day ago. */
export const back = { reach: 'back', placeholder: 'time|duration' } as const;

/** A time that is to come: `2026-11-25T08:00:00Z`, or `2h` for two hours from now. */
export const ahead = { reach: 'ahead', placeholder: 'time|duration' } as const;

/** The input with each duration that stands for a time as that time, by what is `now` in ms. */
export function settleTimes<T extends Readonly<Record<string, unknown>>>(fields: Fields, input: T, now: number): T {
  const settled = Object.entries(fields).flatMap(([name, { reach }]) => {
    const typed = input[name];
    if (reach === undefined || typeof typed !== 'string' || !isDuration(typed)) return [];
    const length = parseDuration(typed);
    return [[name, new Date(reach === 'back' ? now - length : now + length).toISOString()] as const];
  });
  return settled.length === 0 ? input : { ...input, ...Object.fromEntries(settled) };
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
  const value = declared.reach ? parseReach(typed.at(-1) ?? '') : parsers[declared.type](typed);
  if (declared.choices) requireChoice(declared.choices, value);
  return value;
}

function requireChoice(choices: readonly string[], value: FieldTypes[FieldType]): void {
  for (const one of Array.isArray(value) ? value : [value]) {
    if (choices.includes(String(one))) continue;
    throw new Failure('usage', `'${one}' is not one of ${choices.join(', ')}`);
  }
}
