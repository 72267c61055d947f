import type { PlacementGroup } from '../../core/hetzner/types.ts';
import { type Collection, find, named, readRoutes, reply, requireUnique, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { byProperty } from '../list.ts';
import { Problem, refused } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { nextId, stamp } from '../state.ts';

const mostServers = 10;

/** Placement groups as a resource. */
export const placementGroups: Collection<PlacementGroup> = {
  many: 'placement_groups',
  one: 'placement_group',
  rows: state => state.placement_groups,
  view: (_state, row) => row,
  list: named(['id', 'name', 'created'], { type: byProperty('type', ['spread']) }),
};

/** Everything under /placement_groups. */
export const placementGroupRoutes: readonly Route[] = [
  ...readRoutes(placementGroups),
  route('POST', '/placement_groups', createGroup),
  route('PUT', '/placement_groups/{id}', updateGroup),
  route('DELETE', '/placement_groups/{id}', deleteGroup),
];

/** Throws 412 when the group is full. */
export function requireGroupRoom(group: PlacementGroup): void {
  if (group.servers.length >= mostServers) {
    throw new Problem(412, 'placement_error', `placement group is full: it takes ${mostServers} servers`);
  }
}

function createGroup({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true });
  input.text('type', { required: true, oneOf: ['spread'] });
  const labels = input.labels() ?? {};
  input.done();
  requireUnique('placement_group', state.placement_groups.values(), name);
  const group: PlacementGroup = {
    id: nextId(state),
    name,
    labels,
    type: 'spread',
    created: stamp(state.now),
    servers: [],
  };
  state.placement_groups.set(group.id, group);
  return reply(201, { placement_group: group, action: null });
}

function updateGroup({ state, id, body }: Call): Reply {
  const group = find(placementGroups, state, id);
  const input = readInput(body);
  const name = input.text('name');
  const labels = input.labels();
  input.done();
  if (name) {
    requireUnique('placement_group', state.placement_groups.values(), name, id);
    group.name = name;
  }
  if (labels) group.labels = labels;
  return reply(200, { placement_group: group });
}

function deleteGroup({ state, id }: Call): Reply {
  const group = find(placementGroups, state, id);
  if (group.servers.length > 0) throw refused('resource_in_use', 'placement group still has servers');
  state.placement_groups.delete(id);
  return { status: 204 };
}
