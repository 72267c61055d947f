import { invalidParameters } from './problem.ts';
import type { WorkosCall } from './realm.ts';

/** What a field of a body may hold. */
const kinds = {
  text: (value: unknown): value is string => typeof value === 'string' && value.trim() !== '',
  email: (value: unknown): value is string => typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value),
  optional: (value: unknown): value is string | null => value === null || typeof value === 'string',
  flag: (value: unknown): value is boolean => typeof value === 'boolean',
  days: (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 30,
  texts: (value: unknown): value is string[] => Array.isArray(value) && value.every(one => typeof one === 'string'),
  metadata: (value: unknown): value is Record<string, string> =>
    typeof value === 'object' && value !== null && Object.values(value).every(one => typeof one === 'string'),
};

type Kind = keyof typeof kinds;
type Value<K extends Kind> = (typeof kinds)[K] extends (value: unknown) => value is infer V ? V : never;
type Given<Shape extends Record<string, Kind>> = { [Name in keyof Shape]?: Value<Shape[Name]> };

/** The fields of the shape that a body has, unknown ones left out; throws 422 that names every wrong and missing one. */
export function readFields<Shape extends Record<string, Kind>, Name extends keyof Shape & string = never>(
  body: WorkosCall['body'],
  shape: Shape,
  required: readonly Name[] = [],
): Given<Shape> & { [N in Name]: Value<Shape[N]> } {
  const given = Object.keys(shape).filter(name => Object.hasOwn(body, name) && body[name] !== undefined);
  const wrong = given
    .filter(name => !kinds[shape[name]!](body[name]))
    .map(field => ({ field, code: `${field}_invalid` }));
  const missing = required.filter(name => !given.includes(name)).map(field => ({ field, code: `${field}_required` }));
  if (wrong.length + missing.length > 0) throw invalidParameters([...missing, ...wrong]);
  return Object.fromEntries(given.map(name => [name, body[name]])) as never;
}
