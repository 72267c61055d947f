import type { Action } from '../api.ts';
import type { Clock } from '../world.ts';
import { asObject, type Call, type Send } from './call.ts';
import { rest } from './exchange.ts';
import type { Sight } from './persist.ts';
import { isMadeBy, isStartedBy, requestLabel, type Trace, traceOf } from './traces.ts';

/** What looking needs. */
export interface LookOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** The server's clock minus ours, in milliseconds. */
  readonly skew: () => number;
  /** True for actions that other calls of ours have started. */
  readonly isOurs: (id: number) => boolean;
}

/** Milliseconds before each look: a request that was cut off on its way can land late. */
const settling = [0, 2000, 5000];
/** Times of the API have whole seconds, and so has the header that the skew is taken from. */
const tolerance = 5000;

/** Finds out whether a POST first sent at `since` was carried out, and answers as the API would have. */
export function createLook(options: LookOptions) {
  const { clock, signal } = options;
  return async (call: Call, search: { since: number; deadline: number; once: boolean }): Promise<Sight> => {
    const trace = traceOf(call);
    if (!trace) return 'unknown';
    // Nothing will be found of it: only time is given, for the first one to have ended.
    const pauses = trace.by === 'nothing' ? [2000] : settling;
    for (const pause of search.once ? [0] : pauses) {
      if (clock.now() + pause > search.deadline) return 'unknown';
      if (pause > 0) await rest(clock, pause, signal);
      const body = await find(options, trace, search.since);
      if (body) return { answer: { status: 201, headers: {}, body } };
    }
    return 'absent';
  };
}

async function find(options: LookOptions, trace: Trace, since: number): Promise<object | undefined> {
  if (trace.by === 'nothing') return undefined;
  if (trace.by === 'name') return findByName(options, trace, since);
  if (trace.by === 'label') return findByLabel(options, trace, since);
  const found = await findActions(options, trace.item, since, trace.collection, trace.command);
  if (found.length === 0) return undefined;
  if (trace.collection === 'firewalls') return { actions: found };
  return { action: found[0], ...(withPassword.includes(trace.command) && { root_password: null }) };
}

async function findByName(options: LookOptions, { collection, name, body }: Trace & { by: 'name' }, since: number) {
  const rows = await fetchRows(options, collection, { name });
  const item = rows.find(row => row.name === name && isMadeBy(row, body, since + options.skew() - tolerance));
  if (!item) return undefined;
  const made = { [singular(collection)]: item };
  if (actionless.includes(collection)) return made;
  // Its first action made it; all others are of this create too.
  const [action = null, ...next_actions] = await fetchActions(options, `${collection}/${item.id}`);
  return { ...made, action, next_actions, root_password: null };
}

async function findByLabel(options: LookOptions, { item, label }: Trace & { by: 'label' }, since: number) {
  const [image] = await fetchRows(options, 'images', { label_selector: `${requestLabel}=${label}` });
  if (!image) return undefined;
  const [action = null] = await findActions(options, item, since, 'servers', 'create_image');
  return { image, action };
}

async function findActions(options: LookOptions, item: string, since: number, collection: string, command: string) {
  const actions = await fetchActions(options, item);
  const from = since + options.skew() - tolerance;
  return actions.filter(action => isStartedBy(action, collection, command, from) && !options.isOurs(action.id));
}

/** The newest actions of an item, the oldest of them first. */
async function fetchActions(options: LookOptions, item: string): Promise<Action[]> {
  const rows = await fetchRows(options, `${item}/actions`, { sort: 'id:desc', per_page: 50 });
  return (rows as unknown as Action[]).toSorted((left, right) => left.id - right.id);
}

async function fetchRows({ send }: LookOptions, path: string, query: Call['query']) {
  const { body } = await send({ method: 'GET', path, query });
  const rows = asObject(body)[path.split('/').at(-1)!];
  return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
}

/** Their answers have a password, which is lost when the answer is. */
const withPassword = ['rebuild', 'enable_rescue'];
const actionless = ['ssh_keys', 'placement_groups'];

function singular(collection: string): string {
  return collection.replace(/s$/, '');
}
