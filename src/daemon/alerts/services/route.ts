import { groupsOf } from '../../../core/alerts/route.ts';
import { defaultRule, type RouteSpec, readRule, usualSpec } from '../../../core/alerts/rule.ts';
import { specOf } from '../../../core/alerts/spec-of.ts';
import { Failure } from '../../../core/failure.ts';
import { parsers } from '../../../core/parse.ts';
import type { Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { readChannels } from '../channels.ts';
import { type Route, readRoutes, readRules } from '../routes.ts';
import { alertOf, joining } from '../take.ts';
import type { AlertTools } from '../tools.ts';

/** What can be done with routes. */
export function routeService(tools: AlertTools): Service {
  const { store, clock } = tools;
  const { db } = store;
  return {
    list: async () => [...(await readRoutes(store)).map(show), show(usualRoute)],
    describe: async ({ id }) => ({ route: show(await find(tools, id!)) }),
    async test({ input }) {
      const labels = parsers.labels(input.labels as string[]);
      const known = [...(await readRoutes(store)), usualRoute];
      return groupsOf(labels, await readRules(store)).map(({ rule, labels }) => ({
        ...show(known.find(({ id }) => id === rule.id)!),
        group: labels,
      }));
    },
    async create({ input }) {
      const name = String(input.name);
      if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u.test(name) || name === defaultRule.name)
        throw new Failure('usage', `'${name}' is no name for a route`, {
          hint: 'Letters, digits and . _ - with a letter or a digit first, 63 characters at most',
        });
      const spec = await checked(tools, specOf(input, usualSpec), name);
      const now = clock.now();
      const place =
        input.place === undefined
          ? 1 + Math.max(0, ...(await readRoutes(store)).map(one => one.place))
          : Number(input.place);
      const row = { name, place, spec: JSON.stringify(spec), version: 1, created: now, updated: now };
      const done = await store.commit([{ query: db.insertInto('routes').values(row), changes: 1 }]);
      if (!done)
        throw new Failure('refused', `a route has the name '${name}' already`, { apiCode: 'uniqueness_error' });
      await reroute(tools);
      return { route: show((await readRoutes(store)).find(one => one.name === name)!) };
    },
    async update({ id, input }) {
      const route = await find(tools, id!);
      if (route.id === 0) throw new Failure('refused', 'the default route is as it is', { hint: 'Create another one' });
      const spec = await checked(tools, specOf(input, route.spec), route.name);
      const place = input.place === undefined ? route.place : Number(input.place);
      const set = { spec: JSON.stringify(spec), place, version: route.version + 1, updated: clock.now() };
      const query = db.updateTable('routes').set(set).where('id', '=', route.id).where('version', '=', route.version);
      if (!(await store.commit([{ query, changes: 1 }])))
        throw new Failure('conflict', `route ${route.name} was changed meanwhile`, { hint: 'Try again' });
      await reroute(tools);
      return { route: show(await find(tools, route.id)) };
    },
    async delete({ id }) {
      const route = await find(tools, id!);
      if (route.id === 0) throw new Failure('refused', 'the default route cannot be deleted');
      await store.commit([{ query: db.deleteFrom('routes').where('id', '=', route.id) }]);
      await reroute(tools);
    },
  };
}

/** The default route as if it were a row. */
const usualRoute: Route = {
  ...{ id: 0, name: defaultRule.name, place: Number.MAX_SAFE_INTEGER, spec: usualSpec },
  ...{ version: 0, created: 0, updated: 0 },
};

async function find({ store }: AlertTools, id: number): Promise<Route> {
  const route = [...(await readRoutes(store)), usualRoute].find(one => one.id === id);
  if (route) return route;
  throw new Failure('not_found', `route not found: ${id}`, { hint: 'cloudctl route list' });
}

/** Alerts that fire go to the routes that take them now. */
async function reroute(tools: AlertTools): Promise<void> {
  const { store } = tools;
  const firing = await store.db.selectFrom('alerts').selectAll().where('state', '=', 'firing').execute();
  await store.commit(joining(tools, firing.map(alertOf), await readRules(store)));
}

async function checked({ store }: AlertTools, spec: RouteSpec, name: string): Promise<RouteSpec> {
  readRule({ id: 1, name, spec });
  const known = (await readChannels(store)).map(one => one.name);
  const unknown = [...spec.channels, ...spec.escalateTo].find(one => !known.includes(one));
  if (unknown === undefined) return spec;
  throw new Failure('usage', `no channel has the name '${unknown}'`, { hint: `There are: ${known.join(', ')}` });
}

function show({ id, name, place, spec, created, updated }: Route): Record<string, unknown> {
  return {
    ...{
      id,
      name,
      place: id === 0 ? null : place,
      match: spec.match,
      channels: spec.channels,
      continue: spec.continue,
    },
    ...{ group_by: spec.groupBy, group_wait: spec.groupWait, group_interval: spec.groupInterval },
    ...{ repeat_interval: spec.repeatInterval, mute: spec.mute, zone: spec.zone, inhibited_by: spec.inhibitedBy },
    ...{ equal: spec.equal, escalate_after: spec.escalateAfter, escalate_to: spec.escalateTo },
    ...{ created: id === 0 ? null : timeOf(created), updated: id === 0 ? null : timeOf(updated) },
  };
}
