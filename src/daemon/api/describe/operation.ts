import type { Grant } from '../../../core/access/operation.ts';
import { roles } from '../../../core/access/roles.ts';
import type { Schema } from './schema.ts';

/** One operation of the description. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-permission': string;
  /** The roles that are always there and have it, with how far. */
  readonly 'x-roles'?: Readonly<Record<string, Grant>>;
  readonly externalDocs?: { readonly description: string; readonly url: string };
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;

/** The grants of a permission by the roles that are always there, without those that have none. */
export function grantsByRole(permission: string): Readonly<Record<string, Grant>> {
  return Object.fromEntries(
    roles.flatMap(({ name, grants }) => (grants[permission] ? [[name, grants[permission]] as const] : [])),
  );
}

/** Takes every POST. */
export const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Has the request done once, however often it is sent',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Content that is JSON. */
export function json(schema: Schema, example?: unknown): Content {
  return { 'application/json': { schema, ...(example !== undefined && { example }) } };
}

/** What stands at that name below `components/schemas`. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** What every operation answers when it does not do what it was asked for. */
export const problem = { description: 'What went wrong', content: json(ref('error')) };
