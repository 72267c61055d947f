import { preferencesOf } from '../../core/config/document.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import type { Session } from '../session.ts';

/** The flag that leaves the contexts out. */
export const globalFlag = {
  global: field('boolean', 'The value for all contexts, in place of the one of the current context'),
};

/** The flag of hcloud's that has no effect here. */
export const sensitiveFlag = {
  'allow-sensitive': field('boolean', "Accepted because hcloud has it; cloudctl's output never has a token in it"),
};

/** The key of a setting. */
export const keyOperand = {
  key: field('text', 'Name of the setting, such as poll-interval or sort.server', { operand: 'one', required: true }),
};

/** One or more values of a setting. */
export const valueOperand = {
  value: field('repeat', 'Its value, or several for a list', { operand: 'many', required: true }),
};

/** Whose preferences a command changes: a context's name, or undefined for the global ones; throws `usage` when no context is current. */
export function scopeOf(session: Session, global: boolean | undefined): string | undefined {
  if (global) return undefined;
  const { contextName, document } = session.settings;
  if (contextName === undefined) {
    throw new Failure('usage', 'no context is active', { hint: 'Add --global to set it for all contexts' });
  }
  preferencesOf(document, contextName);
  return contextName;
}
