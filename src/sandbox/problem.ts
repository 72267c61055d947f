import type { ApiErrorDetails } from '../core/hetzner/types.ts';

/** An error reply of the API: status, code, message and the details that belong to the code. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: ApiErrorDetails | null;

  constructor(status: number, code: string, message: string, details: ApiErrorDetails | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** The field complaints of one request, in the order in which they were found. */
export type Complaints = Map<string, string[]>;

/** 422 for a body or query that breaks the rules, with every field that does. */
export function invalid(complaints: Complaints): Problem {
  const names = [...complaints.keys()];
  const first = names.length === 1 ? `: ${complaints.get(names[0]!)!.join(', ')}` : '';
  const where = names.map(name => `'${name}'`).join(', ');
  return new Problem(422, 'invalid_input', `invalid input in field${names.length === 1 ? '' : 's'} ${where}${first}`, {
    fields: [...complaints].map(([name, messages]) => ({ name, messages })),
  });
}

/** 422 for one field. */
export function invalidField(name: string, message: string): Problem {
  return invalid(new Map([[name, [message]]]));
}

/** 404 for an id or name that is not there. */
export function notFound(kind: string, id: number | string): Problem {
  return new Problem(404, 'not_found', `${kind.replaceAll('_', ' ')} with ID '${id}' not found`);
}

/** 422 with one of the codes that an operation documents. */
export function refused(code: string, message: string): Problem {
  return new Problem(422, code, message);
}

/** 409 for a value that must be unique in the project. */
export function taken(kind: string, field: string): Problem {
  const message = `${kind.replaceAll('_', ' ')} ${field.replaceAll('_', ' ')} is already used`;
  return new Problem(409, 'uniqueness_error', message, { fields: [{ name: field }] });
}

/** 423 for a resource on which another action is running. */
export function locked(kind: string): Problem {
  return new Problem(423, 'locked', `${kind.replaceAll('_', ' ')} is locked by another action`);
}

/** 423 for a deed that protection forbids. */
export function isProtected(kind: string, deed: string): Problem {
  return new Problem(423, 'protected', `${kind.replaceAll('_', ' ')} is protected against ${deed}`);
}
