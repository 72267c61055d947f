import { type Action, type Api, collect, type Method, type Query } from './api.ts';
import { Failure } from './failure.ts';
import { type Fields, field, keyOf } from './field.ts';
import { checkLabelKey } from './parse.ts';
import { type Call, type Item, type Outcome, type Resource, type Verb, verb } from './resource.ts';

/** `list`: every item, by the API's filters; each field of `filters` is a key of the query. */
export function list<const F extends Fields>(summary: string, filters: F = {} as F) {
  const fields = { ...listFields, ...filters };
  return verb<typeof fields>({
    kind: 'list',
    summary,
    fields,
    operation: { method: 'GET', path: '' },
    run: async ({ api, resource, input, reading }) => {
      const { selector, sort, ...rest } = input as Record<string, unknown>;
      const query = { ...resource.query, ...bodyOf(filters, rest), label_selector: selector, sort } as Query;
      return { value: await collect(api.list<Item>(resource.path, query, reading)) };
    },
  });
}

const listFields = {
  selector: field('selector', 'Only items whose labels match', { short: 'l' }),
  sort: field('list', 'Sort by field, with :asc or :desc', { short: 's', placeholder: 'field' }),
};

/** The same verb without `-l`, for resources that have no labels. */
export function listUnlabelled<const F extends Fields>(summary: string, filters: F = {} as F) {
  const { fields, ...rest } = list(summary, filters);
  const { selector: _, ...kept } = fields;
  return { ...rest, fields: kept } as Verb;
}

/** `describe`: one item, whole. */
export function describe<const F extends Fields>(summary: string, fields: F = {} as F) {
  const operation = { method: 'GET', path: ':id' } as const;
  return verb<F>({ kind: 'describe', summary, fields, operation, run: async ({ item }) => ({ value: item }) });
}

/** `create`: POST of the fields. */
export function create<const F extends Fields>(summary: string, fields: F, options: Partial<Verb<F>> = {}) {
  return verb<F>({
    kind: 'create',
    summary,
    fields,
    operation: { method: 'POST', path: '' },
    run: ({ api, resource, input }) => call(api, 'POST', resource.path, bodyOf(fields, input)),
    ...options,
  });
}

/** `update`: PUT of the fields that were given; `usage` when none was. */
export function update<const F extends Fields>(summary: string, fields: F, options: Partial<Verb<F>> = {}) {
  return verb<F>({
    kind: 'change',
    summary,
    fields,
    operation: { method: 'PUT', path: ':id' },
    run: async ({ api, resource, item, input }) => {
      const body = bodyOf(fields, input);
      if (Object.keys(body).length === 0) {
        const flags = Object.keys(fields).map(name => `--${name}`);
        const which = flags.length > 8 ? 'one of the flags that --help lists' : flags.join(' or ');
        throw new Failure('usage', `nothing to change: give ${which}`);
      }
      return call(api, 'PUT', `${resource.path}/${item.id}`, body);
    },
    ...options,
  });
}

/** `delete`: gone for good; `loses` tells what goes with it or goes on costing. */
export function remove<T extends Item>(summary: string, loses: NonNullable<Verb<Fields, T>['loses']> = () => []) {
  return verb<Record<string, never>, T>({
    kind: 'delete',
    summary,
    fields: {},
    operation: { method: 'DELETE', path: ':id' },
    loses,
    run: ({ api, resource, item }) => call(api, 'DELETE', `${resource.path}/${item.id}`),
  });
}

/** POST of one of the resource's actions, with the fields as its body. */
export function action<const F extends Fields>(
  command: string,
  summary: string,
  fields: F = {} as F,
  options: Partial<Verb<F>> = {},
) {
  return verb<F>({
    kind: 'change',
    summary,
    fields,
    operation: { method: 'POST', path: `:id/actions/${command}` },
    run: ({ api, resource, item, input }) => act(api, resource, item, command, bodyOf(fields, input)),
    ...options,
  });
}

/** `add-label` and `remove-label`. The API knows only the whole map, so it is read just before it is written. */
export function labels(title: string) {
  const added = field('repeat', 'Labels as key=value', { operand: 'many', required: true });
  const removed = field('repeat', 'Label keys', { operand: 'many' });
  return {
    'add-label': verb({
      kind: 'change',
      summary: `Add labels to a ${title}`,
      fields: {
        label: added,
        overwrite: field('boolean', 'Replace the value of a label that is there', { short: 'o' }),
      },
      run: call => addLabels(call, call.input.label, call.input.overwrite ?? false),
    }),
    'remove-label': verb({
      kind: 'change',
      summary: `Remove labels from a ${title}`,
      fields: { label: removed, all: field('boolean', 'Remove all labels', { short: 'a' }) },
      run: call => removeLabels(call, call.input.label ?? [], call.input.all ?? false),
    }),
  };
}

/** `enable-protection` and `disable-protection` for these levels. */
export function protection(title: string, levels: readonly string[]) {
  const fields = {
    level: field('repeat', `What to protect against: ${levels.join(', ')}`, {
      operand: 'many',
      required: true,
      choices: levels,
    }),
  };
  const set = (on: boolean) =>
    verb<typeof fields>({
      kind: 'change',
      summary: `${on ? 'Protect a' : 'Take the protection from a'} ${title}`,
      fields,
      run: ({ api, resource, item, input }) => {
        const body = Object.fromEntries(input.level.map(level => [level, on]));
        return act(api, resource, item, 'change_protection', body);
      },
    });
  return { 'enable-protection': set(true), 'disable-protection': set(false) };
}

/** One call, its actions apart from the rest of the answer. */
export async function call(api: Api, method: Method, path: string, body?: unknown): Promise<Outcome> {
  return outcomeOf(await api.send(method, path, body));
}

/** POST of an item's action. */
export function act(
  api: Api,
  resource: Pick<Resource, 'path'>,
  item: Pick<Item, 'id'>,
  command: string,
  body?: object,
) {
  const given = body && Object.keys(body).length > 0 ? body : undefined;
  return call(api, 'POST', `${resource.path}/${item.id}/actions/${command}`, given);
}

/** The answer's actions (`action`, `actions`, `next_actions`) and what else it holds. */
export function outcomeOf(answer: unknown): Outcome {
  if (typeof answer !== 'object' || answer === null) return {};
  const { action, actions, next_actions, ...value } = answer as Record<string, unknown>;
  const all = [action, ...arrayOf(actions), ...arrayOf(next_actions)].filter(Boolean) as Action[];
  return { value: Object.keys(value).length > 0 ? value : undefined, actions: all };
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The request body (or query) that the given values mean: only fields that were given, under the API's keys. */
export function bodyOf(fields: Fields, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(fields)) {
    const value = input[name];
    if (value !== undefined) body[keyOf(name, declared)] = value;
  }
  return body;
}

async function fresh({
  api,
  resource,
  item,
}: Pick<Call, 'api' | 'resource' | 'item'>): Promise<Record<string, string>> {
  const answer = await api.send<Record<string, Item>>('GET', `${resource.path}/${item.id}`);
  return answer[resource.key]?.labels ?? {};
}

async function addLabels(given: Call, pairs: readonly string[], overwrite: boolean): Promise<Outcome> {
  const added = parsePairs(pairs);
  const present = await fresh(given);
  const taken = Object.keys(added).find(key => key in present && present[key] !== added[key]);
  if (taken !== undefined && !overwrite) {
    throw new Failure('refused', `label ${taken} is there already with the value '${present[taken]}'`, {
      hint: 'Add --overwrite to replace it',
    });
  }
  return putLabels(given, { ...present, ...added });
}

async function removeLabels(given: Call, keys: readonly string[], all: boolean): Promise<Outcome> {
  if (all === keys.length > 0) throw new Failure('usage', 'give label keys, or --all for every label');
  if (all) return putLabels(given, {});
  const present = await fresh(given);
  const missing = keys.find(key => !(key in present));
  if (missing !== undefined)
    throw new Failure('not_found', `no label ${missing} on ${given.resource.title} ${given.item.id}`);
  return putLabels(given, Object.fromEntries(Object.entries(present).filter(([key]) => !keys.includes(key))));
}

function putLabels({ api, resource, item }: Pick<Call, 'api' | 'resource' | 'item'>, labels: Record<string, string>) {
  return call(api, 'PUT', `${resource.path}/${item.id}`, { labels });
}

function parsePairs(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new Failure('usage', `'${pair}' is not key=value`);
    return [checkLabelKey(pair.slice(0, equals)), pair.slice(equals + 1)];
  });
  return Object.fromEntries(entries);
}
