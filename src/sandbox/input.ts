import type { Labels } from '../core/hetzner/types.ts';
import { parseLabels } from './labels.ts';
import { type Complaints, invalid, Problem } from './problem.ts';

interface TextRule {
  required?: boolean;
  max?: number;
  pattern?: RegExp;
  oneOf?: readonly string[];
}

interface NumberRule {
  required?: boolean;
  min?: number;
  max?: number;
}

/** Reads a request body field by field, gathers what is wrong, and tells it all at once in `done`. */
export interface Input {
  has(name: string): boolean;
  text(name: string, rule: TextRule & { required: true }): string;
  text(name: string, rule?: TextRule): string | undefined;
  integer(name: string, rule: NumberRule & { required: true }): number;
  integer(name: string, rule?: NumberRule): number | undefined;
  flag(name: string, rule: { required: true }): boolean;
  flag(name: string): boolean | undefined;
  /** An id or a name: clients send ids as numbers or as digits. */
  reference(name: string, rule: { required: true }): string;
  reference(name: string): string | undefined;
  references(name: string): string[];
  integers(name: string): number[];
  texts(name: string, rule?: { required?: boolean }): string[];
  objects(name: string, rule?: { required?: boolean; max?: number }): Record<string, unknown>[];
  object(name: string): Record<string, unknown> | undefined;
  labels(): Labels | undefined;
  complain(name: string, message: string): void;
  /** Throws 422 if anything was wrong. */
  done(): void;
}

/** Opens a request body (absent counts as empty) for reading; throws 400 if it is not an object. */
export function readInput(body: unknown): Input {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new Problem(400, 'json_error', 'the body must be a JSON object');
  }
  const values = (body ?? {}) as Record<string, unknown>;
  const complaints: Complaints = new Map();
  const complain = (name: string, message: string) => {
    complaints.set(name, [...(complaints.get(name) ?? []), message]);
  };
  const value = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? undefined) : undefined);
  /** The value if it is of the kind, else undefined and a complaint; a missing one is fine unless required. */
  const take = <T>(name: string, kind: string, is: (given: unknown) => given is T, required = false) => {
    const given = value(name);
    if (given === undefined) {
      if (required) complain(name, 'is required');
      return undefined;
    }
    if (is(given)) return given;
    complain(name, `must be ${kind}`);
    return undefined;
  };

  return {
    has: name => Object.hasOwn(values, name),
    text(name: string, rule: TextRule = {}) {
      const given = take(name, 'a string', isText, rule.required);
      if (given === undefined) return rule.required ? '' : given;
      if (rule.required && given === '') complain(name, 'must not be empty');
      else if (given.length > (rule.max ?? 65_536)) complain(name, 'is too long');
      else if (rule.pattern && !rule.pattern.test(given)) complain(name, 'has an invalid format');
      else if (rule.oneOf && !rule.oneOf.includes(given)) complain(name, `must be one of ${rule.oneOf.join(', ')}`);
      return given;
    },
    integer(name: string, rule: NumberRule = {}) {
      const given = take(name, 'an integer', isInteger, rule.required);
      if (given === undefined) return rule.required ? 0 : given;
      if (given < (rule.min ?? 0)) complain(name, `must be at least ${rule.min ?? 0}`);
      if (rule.max !== undefined && given > rule.max) complain(name, `must be at most ${rule.max}`);
      return given;
    },
    flag(name: string, rule?: { required: true }) {
      return take(name, 'true or false', isFlag, rule?.required) as boolean;
    },
    reference(name: string, rule?: { required: true }) {
      const given = take(name, 'an id or a name', isReference, rule?.required);
      return (given === undefined && !rule?.required ? given : String(given ?? '')) as string;
    },
    references: name => (take(name, 'a list of ids or names', isListOf(isReference)) ?? []).map(String),
    integers: name => take(name, 'a list of ids', isListOf(isInteger)) ?? [],
    texts: (name, rule) => take(name, 'a list of strings', isListOf(isText), rule?.required) ?? [],
    objects(name, rule) {
      const given = take(name, 'a list of objects', isListOf(isObject), rule?.required) ?? [];
      if (given.length > (rule?.max ?? Infinity)) complain(name, `must have at most ${rule?.max} entries`);
      return given;
    },
    object: name => take(name, 'an object', isObject),
    labels() {
      const given = value('labels');
      if (given === undefined) return undefined;
      const parsed = parseLabels(given);
      for (const complaint of parsed.complaints) complain('labels', complaint);
      return parsed.labels;
    },
    complain,
    done() {
      if (complaints.size > 0) throw invalid(complaints);
    },
  } as Input;
}

const isText = (given: unknown): given is string => typeof given === 'string';
const isFlag = (given: unknown): given is boolean => typeof given === 'boolean';
const isInteger = (given: unknown): given is number => Number.isSafeInteger(given);
const isReference = (given: unknown): given is string | number => isText(given) || isInteger(given);
const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);
const isListOf =
  <T>(is: (item: unknown) => item is T) =>
  (given: unknown): given is T[] =>
    Array.isArray(given) && given.every(is);
