import { Failure } from '../core/failure.ts';
import type { Field, Fields } from '../core/field.ts';

/** The fields given by position, in order. */
export function operandsOf(fields: Fields): [string, Field][] {
  return Object.entries(fields).filter(([, declared]) => declared.operand !== undefined);
}

/** How the operands are written in usage: `<server>... <label>...`. */
export function describeOperands(fields: Fields): string[] {
  return operandsOf(fields).map(([name, { operand, required }]) => {
    const shown = `<${name}>${operand === 'many' ? '...' : ''}`;
    return required && operand !== 'optional' ? shown : `[${shown}]`;
  });
}

/** Which words belong to which operand. `skip` names one that the words leave out, such as a target that a selector stands for. */
export function distribute(fields: Fields, words: readonly string[], skip?: string): Record<string, string[]> {
  const given: Record<string, string[]> = {};
  let rest = [...words];
  for (const [name, { operand, required }] of operandsOf(fields)) {
    if (name === skip) continue;
    const taken = operand === 'many' ? rest : rest.slice(0, 1);
    rest = rest.slice(taken.length);
    if (taken.length > 0) given[name] = taken;
    else if (required) throw new Failure('usage', `missing <${name}>`);
  }
  if (rest.length > 0) throw new Failure('usage', `unexpected argument '${rest[0]}'`);
  return given;
}
