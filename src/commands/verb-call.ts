import type { Api } from '../core/api.ts';
import type { Fields } from '../core/field.ts';
import { find } from '../core/find.ts';
import type { Call, Item, Resource, Verb } from '../core/resource.ts';
import { identities, type ResourceName } from '../core/resources/identities.ts';
import { readInput, type Session } from './session.ts';

/** What a verb runs with: its input, the names that the API wants as ids looked up. */
export async function verbCall(
  session: Session,
  resource: Resource,
  verb: Verb,
  input: Readonly<Record<string, unknown>>,
  item?: Item,
  api?: Api,
): Promise<Call> {
  const used = api ?? (await session.api(resource.of));
  return {
    api: used,
    resource,
    item: item ?? ({} as Item),
    input: (await resolveReferences(used, verb.fields, input)) as Call['input'],
    clock: session.world.clock,
    signal: session.world.signal,
    readFile: path => readInput(session.world, path),
  };
}

/** The input with each value that refers to a resource `as: 'id'` replaced by that id; throws `not_found`. */
export async function resolveReferences(
  api: Api,
  fields: Fields,
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = { ...input };
  const pending = Object.entries(fields).map(async ([name, { refers }]) => {
    const value = input[name];
    if (refers?.as !== 'id' || value === undefined) return;
    const other = refers.resource as ResourceName;
    const idOf = async (ref: unknown) => (await find(api, { name: other, ...identities[other] }, String(ref))).id;
    resolved[name] = Array.isArray(value) ? await Promise.all(value.map(idOf)) : await idOf(value);
  });
  await Promise.all(pending);
  return resolved;
}
