import { on } from '../actions.ts';
import { route } from '../collection.ts';
import { readInput } from '../input.ts';
import { refused } from '../problem.ts';
import type { Route } from '../route.ts';
import { requireGroupRoom } from './placement-groups.ts';
import { serverAction } from './server-deed.ts';

/** A server's protection and its placement group. */
export const settingRoutes: readonly Route[] = [
  route(
    'POST',
    '/servers/{id}/actions/change_protection',
    serverAction((row, { body }) => {
      const input = readInput(body);
      const wanted = {
        delete: input.flag('delete') ?? row.protection.delete,
        rebuild: input.flag('rebuild') ?? row.protection.rebuild,
      };
      if (wanted.delete !== wanted.rebuild) input.complain('rebuild', 'delete and rebuild must have equal values');
      input.done();
      return {
        command: 'change_protection',
        ms: 200,
        effect() {
          row.protection = wanted;
        },
      };
    }),
  ),
  route(
    'POST',
    '/servers/{id}/actions/add_to_placement_group',
    serverAction((row, { state, body }) => {
      const input = readInput(body);
      const id = input.integer('placement_group', { required: true });
      const group = state.placement_groups.get(id);
      if (!group) input.complain('placement_group', `placement group with ID '${id}' not found`);
      input.done();
      if (row.placement_group !== null) {
        throw refused('already_in_placement_group', 'server is already in a placement group');
      }
      if (row.status !== 'off') throw refused('server_not_stopped', 'server must be stopped');
      requireGroupRoom(group!);
      // The place is taken at once, so that two requests cannot share the last one.
      group!.servers.push(row.id);
      return {
        command: 'add_to_placement_group',
        resources: [on('placement_group', id)],
        ms: 500,
        effect() {
          row.placement_group = id;
        },
        undo() {
          group!.servers = group!.servers.filter(server => server !== row.id);
        },
      };
    }),
  ),
  route(
    'POST',
    '/servers/{id}/actions/remove_from_placement_group',
    serverAction((row, { state }) => {
      const group = state.placement_groups.get(row.placement_group ?? 0);
      if (!group) throw refused('invalid_input', 'server is not in a placement group');
      return {
        command: 'remove_from_placement_group',
        resources: [on('placement_group', group.id)],
        ms: 500,
        effect() {
          row.placement_group = null;
          group.servers = group.servers.filter(server => server !== row.id);
        },
      };
    }),
  ),
];
