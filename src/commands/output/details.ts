import type { Action } from '../../core/api.ts';

/** One line for each bad field, failed action or failed target that a Failure's details name; none for details of another shape. */
export function explainDetails(details: unknown): string[] {
  if (Array.isArray(details)) return details.flatMap(explainOne);
  const fields = isRecord(details) ? details.fields : undefined;
  return Array.isArray(fields) ? fields.flatMap(explainField) : [];
}

function explainField(field: unknown): string[] {
  if (!isRecord(field) || typeof field.name !== 'string') return [];
  const messages = Array.isArray(field.messages) ? field.messages.map(String) : [];
  return [messages.length > 0 ? `${field.name}: ${messages.join(', ')}` : field.name];
}

function explainOne(one: unknown): string[] {
  if (!isRecord(one) || one.ok === true) return [];
  if (typeof one.target === 'string') return [`${one.target}: ${messageOf(one.error)}`];
  return isRecord(one.error) && typeof one.command === 'string' ? [explainAction(one as unknown as Action)] : [];
}

function explainAction(action: Action): string {
  return `${nameAction(action)}: ${action.error?.message ?? action.status} (${action.error?.code ?? 'unknown'})`;
}

/** The action for people: `create_server (server 42)`; not yet escaped. */
export function nameAction(action: Pick<Action, 'command' | 'resources'>): string {
  const things = action.resources.map(resource => `${resource.type} ${resource.id}`).join(', ');
  return things === '' ? action.command : `${action.command} (${things})`;
}

function messageOf(error: unknown): string {
  return isRecord(error) && typeof error.message === 'string' ? error.message : 'failed';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
