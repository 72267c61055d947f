import type { Entry } from '../../core/audit/audit.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { type Fields, keyOf } from '../../core/field.ts';
import type { Item } from '../../core/resource.ts';
import { differenceOf, entered, type Mask, maskInput, reasonOf } from './entries.ts';
import type { AppTools } from './environment.ts';
import { readInput } from './input.ts';
import type { Answer } from './repeats.ts';
import type { Route, Served } from './routes.ts';
import type { Caller, Service } from './service.ts';

/** What it takes to change something. */
export interface ChangeTools extends Pick<AppTools, 'store' | 'audit' | 'log' | 'signal' | 'refusals'> {
  readonly mask: Mask;
  /** Names of resources whose services enter what they do themselves, in the commit that does it. */
  readonly selfEntering: readonly string[];
}

/** A request that would change something, as it came. */
export interface Asked {
  readonly caller: Caller;
  readonly id?: number;
  /** The body, not read yet. */
  readonly text: string;
}

/** Checks what is asked, enters it in the audit log, does it, and enters what came of it; what is refused before it begins is entered too. */
export async function change(tools: ChangeTools, route: Route, service: Service, asked: Asked): Promise<Answer> {
  const { resource, name, verb } = route;
  const { caller, id } = asked;
  const action = `${resource.name}.${name}`;
  const who = { actor: caller.name, requestId: caller.requestId, address: caller.address, action };
  const request = { caller, id, query: {}, signal: tools.signal };
  let input: Record<string, unknown>;
  let before: Item | undefined;
  try {
    input = readInput(verb.fields, parseBody(asked.text));
    before = id === undefined ? undefined : await describe(service, resource, { ...request, input: {} });
  } catch (error) {
    const target = { type: resource.name, id: id ?? '' };
    await tools.refusals.enter({ ...who, target, reason: reasonOf(toFailure(error)) }, caller);
    throw error;
  }
  const target = targetOf(resource, before ?? { id: id ?? '', name: input.name });
  const begun = { ...who, target, difference: { input: maskInput(verb.fields, input, tools.mask) } };
  const deed = () => service[name]!({ ...request, input });
  const tell = (done: unknown) => {
    const after = itemIn(resource, done);
    if (!after) return {};
    const fields = { ...byKey(verb.fields), ...byKey(resource.item ?? {}) };
    return { target: targetOf(resource, after), difference: differenceOf(fields, before ?? {}, after, tools.mask) };
  };
  const answer = tools.selfEntering.includes(resource.name)
    ? await enteredBySelf(tools, begun, caller, deed)
    : await entered(tools, begun, deed, tell);
  if (answer === undefined || verb.kind === 'delete') return { status: 204, body: undefined };
  return { status: verb.kind === 'create' ? 201 : 200, body: answer };
}

/** Enters what went wrong, where the service has not done so. */
async function enteredBySelf<T>(
  tools: ChangeTools,
  { difference: _, ...entry }: Omit<Entry, 'result'>,
  caller: Caller,
  deed: () => Promise<T>,
): Promise<T> {
  const newest = await newestOf(tools);
  try {
    return await deed();
  } catch (error) {
    const isTold = await wasEntered(tools, entry, newest).catch(() => false);
    if (!isTold) await tools.refusals.enter({ ...entry, reason: reasonOf(toFailure(error)) }, caller);
    throw error;
  }
}

/** The number of the newest entry; where that cannot be read none counts as the request's own. */
async function newestOf({ store }: ChangeTools): Promise<number> {
  const rows = store.db.selectFrom('audit').select('seq').orderBy('seq', 'desc').limit(1);
  const newest = await rows.executeTakeFirst().catch(() => ({ seq: Number.MAX_SAFE_INTEGER }));
  return newest?.seq ?? 0;
}

/** Whether something was entered of that request since: its id is not enough, since who asks may have chosen it. */
async function wasEntered(
  { store }: ChangeTools,
  { actor, requestId }: Omit<Entry, 'result'>,
  since: number,
): Promise<boolean> {
  const own = store.db.selectFrom('audit').select('seq').where('seq', '>', since);
  const found = await own.where('request_id', '=', requestId!).where('actor', '=', actor).limit(1).execute();
  return found.length > 0;
}

async function describe(service: Service, resource: Served, request: Parameters<Service[string]>[0]) {
  return itemIn(resource, await service.describe?.(request));
}

function itemIn({ key }: Served, answer: unknown): Item | undefined {
  return (answer as Record<string, Item> | undefined)?.[key];
}

function targetOf({ name: type, nameKey = 'name' }: Served, item: Readonly<Record<string, unknown>>) {
  const name = item[nameKey];
  return { type, id: String(item.id ?? ''), ...(name !== undefined && { name: String(name) }) };
}

function byKey(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, declared]) => [keyOf(name, declared), declared]));
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says has a piece of the body in it, which may be a secret.
    throw new Failure('usage', 'the body is not JSON', { apiCode: 'json_error' });
  }
}
