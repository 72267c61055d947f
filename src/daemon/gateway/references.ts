import { Failure } from '../../core/failure.ts';

/** What stands for a reference in the request that is sent; throws a Failure when the caller may not refer to it. */
export type Resolve = (type: string, value: string | number) => Promise<string | number>;

type Body = Readonly<Record<string, unknown>>;

/** The body with every resource that it names resolved; `references` says where they stand (`apply_to[].server.id`) and of which collection they are. Nothing is changed in the one that was given. */
export async function resolveReferences(
  body: Body,
  references: Readonly<Record<string, string>>,
  resolve: Resolve,
): Promise<Body> {
  let resolved = body;
  for (const [path, type] of Object.entries(references)) {
    resolved = (await replaceAt(resolved, path.split('.'), value => replaceValue(type, value, path, resolve))) as Body;
  }
  return resolved;
}

async function replaceValue(type: string, value: unknown, path: string, resolve: Resolve): Promise<unknown> {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string' || typeof value === 'number') return resolve(type, value);
  throw wrongShape(path);
}

type Replace = (value: unknown) => Promise<unknown>;

async function replaceAt(at: unknown, [step, ...rest]: readonly string[], replace: Replace): Promise<unknown> {
  if (step === undefined) return replace(at);
  if (at === null || at === undefined) return at;
  if (typeof at !== 'object' || Array.isArray(at)) throw wrongShape(step);
  const key = step.replace('[]', '');
  if (!Object.hasOwn(at, key)) return at;
  const value = (at as Body)[key];
  if (!step.endsWith('[]') || value === null) return { ...at, [key]: await replaceAt(value, rest, replace) };
  if (!Array.isArray(value)) throw wrongShape(key);
  return { ...at, [key]: await Promise.all(value.map(one => replaceAt(one, rest, replace))) };
}

/** What is of another form could be read in another way by Hetzner than here. */
function wrongShape(path: string): Failure {
  return new Failure('refused', `invalid input in field '${path}': it does not name a resource as the API has it`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name: path, messages: ['has another form'] }] },
  });
}
