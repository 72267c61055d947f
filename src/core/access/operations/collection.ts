import type { Method } from '../../api.ts';
import type { Operation } from '../operation.ts';

/** What of an operation goes beyond its path and permission. */
export type More = Omit<Operation, 'method' | 'path' | 'permission'>;

/** The verb of a deed's permission, or the whole permission where it is another collection's, with what else there is. */
type Deed = string | readonly [permission: string, more: More];

interface Parts {
  /** What its list, item and update have that others have not. */
  readonly list?: More;
  readonly item?: More;
  readonly create?: More;
  readonly update?: More;
  /** Nothing is made with a POST to it. */
  readonly uncreated?: true;
  /** How the document names the resource of the path, where it is not `{id}`. */
  readonly key?: string;
  /** Its actions; a collection without them has no operations to read actions either. */
  readonly deeds?: Readonly<Record<string, Deed>>;
}

/** The operations that nearly every collection of Hetzner's has, and its deeds. */
export function collection(path: string, parts: Parts): Operation[] {
  const { key = '{id}', deeds } = parts;
  const item = `${path}/${key}`;
  const read = `${path}:read`;
  const regular = [
    operation('GET', path, read, parts.list),
    ...(parts.uncreated ? [] : [operation('POST', path, `${path}:create`, { counts: 'one', ...parts.create })]),
    operation('GET', item, read, parts.item),
    operation('PUT', item, `${path}:update`, parts.update),
    operation('DELETE', item, `${path}:delete`),
  ];
  if (!deeds) return regular;
  return [
    ...regular,
    operation('GET', `${path}/actions`, read),
    operation('GET', `${path}/actions/{id}`, read),
    operation('GET', `${item}/actions`, read),
    operation('GET', `${item}/actions/{action_id}`, read),
    ...Object.entries(deeds).map(([name, deed]) => {
      const [verb, more] = typeof deed === 'string' ? [deed] : deed;
      const permission = verb.includes(':') ? verb : `${path}:${verb}`;
      return operation('POST', `${item}/actions/${name}`, permission, more);
    }),
  ];
}

/** One operation by hand. */
export function operation(method: Method, path: string, permission: string, more: More = {}): Operation {
  return { method, path, permission, ...more };
}
