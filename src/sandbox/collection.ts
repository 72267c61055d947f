import type { ActionResource, Labels } from '../core/hetzner/types.ts';
import { viewAction } from './actions.ts';
import { byProperty, type ListRules, replyList } from './list.ts';
import { notFound, Problem, taken } from './problem.ts';
import type { Call, Handler, Method, Reply, Route } from './route.ts';
import type { ActionRow, Limits, State } from './state.ts';

/** A resource as data: how it is called in paths and bodies, where its rows are, how they are shown and listed. */
export interface Collection<Row extends { id: number }> {
  many: string;
  one: string;
  rows(state: State): Map<number, Row>;
  view(state: State, row: Row): unknown;
  list: ListRules<Row>;
}

/** A route. */
export function route(method: Method, path: string, handle: Handler): Route {
  return { method, path, handle };
}

/** The row with the id of the call; throws 404. */
export function find<Row extends { id: number }>(collection: Collection<Row>, state: State, id: number): Row {
  const row = collection.rows(state).get(id);
  if (!row) throw notFound(collection.one, id);
  return row;
}

/** The routes that list a resource and show one of it. */
export function readRoutes<Row extends { id: number }>(collection: Collection<Row>): Route[] {
  const { many, one, rows, view, list } = collection;
  return [
    route('GET', `/${many}`, call =>
      replyList(call, many, rows(call.state).values(), row => view(call.state, row), list),
    ),
    route('GET', `/${many}/{id}`, call =>
      reply(200, { [one]: view(call.state, find(collection, call.state, call.id)) }),
    ),
  ];
}

/** The routes that show the actions of a resource: of all of its kind, one of them, of one item. */
export function actionRoutes<Row extends { id: number }>(collection: Collection<Row>): Route[] {
  const { many, one } = collection;
  const concerns = (row: ActionRow, id?: number) =>
    row.resources.some(resource => resource.type === one && (id === undefined || resource.id === id));
  const listed = (call: Call, id?: number) =>
    replyActions(
      call,
      [...call.state.actions.values()].filter(row => concerns(row, id)),
    );
  const single = (call: Call, text: string, id?: number) => {
    const row = call.state.actions.get(Number(text));
    if (!row || !concerns(row, id)) throw notFound('action', text);
    return reply(200, { action: viewAction(call.state, row) });
  };
  return [
    route('GET', `/${many}/actions`, call => listed(call)),
    route('GET', `/${many}/actions/{id}`, call => single(call, call.params.id!)),
    route('GET', `/${many}/{id}/actions`, call => listed(call, find(collection, call.state, call.id).id)),
    route('GET', `/${many}/{id}/actions/{action_id}`, call => single(call, call.params.action_id!, call.id)),
  ];
}

/** Answers a list of actions with the filters and sorts that all such lists have. */
export function replyActions(call: Call, rows: Iterable<ActionRow>): Reply {
  return replyList(call, 'actions', rows, row => viewAction(call.state, row), {
    sorts: ['id', 'command', 'status', 'started', 'finished'],
    filters: {
      id: { ...byProperty<ActionRow>('id'), pattern: /^\d{1,16}$/ },
      status: byProperty('status', ['running', 'success', 'error']),
    },
    sortValue(row, field) {
      if (field === 'started') return row.begun;
      if (field === 'finished') return row.status === 'running' ? Number.MAX_VALUE : row.due;
      return row[field as 'id' | 'command' | 'status'];
    },
  });
}

/** A reply with a body. */
export function reply(status: number, body: unknown): Reply {
  return { status, body };
}

/** The reply to a deed: 201 with the action, and what else belongs to it. */
export function replyAction(state: State, row: ActionRow, more: Record<string, unknown> = {}): Reply {
  return reply(201, { ...more, action: viewAction(state, row) });
}

/** Filters by name and label selector, which nearly all lists have. */
export function named<Row extends { id: number; name: string | null; labels?: Labels }>(
  sorts: readonly string[],
  filters: ListRules<Row>['filters'] = {},
): ListRules<Row> {
  return { sorts, filters: { name: byProperty('name'), ...filters }, labels: row => row.labels ?? {} };
}

/** Throws 409 when another row has the name already. */
export function requireUnique(one: string, rows: Iterable<{ id: number; name: string }>, name: string, self = 0): void {
  for (const row of rows) if (row.name === name && row.id !== self) throw taken(one, 'name');
}

/** Throws 403 when there are as many already as the limits of the project allow. */
export function requireRoom(state: State, resource: keyof Limits, count: number): void {
  const limit = state.rules.limits[resource];
  if (limit === undefined || count < limit) return;
  const name = `${resource.replace(/s$/, '')}_limit`;
  throw new Problem(403, 'resource_limit_exceeded', `${name.replaceAll('_', ' ')} exceeded`, { limits: [{ name }] });
}

/** Names a resource of a collection for an action. */
export function resourceOf(collection: { one: string }, id: number): ActionResource {
  return { type: collection.one, id };
}
