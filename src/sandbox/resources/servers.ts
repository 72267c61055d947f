import { actionRoutes, find, readRoutes, reply, requireUnique, route } from '../collection.ts';
import { readInput } from '../input.ts';
import type { Call, Reply, Route } from '../route.ts';
import { createServer } from './server-create.ts';
import { deleteServer } from './server-delete.ts';
import { diskRoutes } from './server-disk.ts';
import { metricsRoute } from './server-metrics.ts';
import { networkRoutes } from './server-network.ts';
import { powerRoutes } from './server-power.ts';
import { rescueRoutes } from './server-rescue.ts';
import { settingRoutes } from './server-settings.ts';
import { hostName, servers, viewServer } from './server-view.ts';

/** Everything under /servers. */
export const serverRoutes: readonly Route[] = [
  route('POST', '/servers', createServer),
  route('PUT', '/servers/{id}', updateServer),
  route('DELETE', '/servers/{id}', deleteServer),
  ...actionRoutes(servers),
  ...readRoutes(servers),
  ...powerRoutes,
  ...diskRoutes,
  ...networkRoutes,
  ...rescueRoutes,
  ...settingRoutes,
  metricsRoute,
];

function updateServer({ state, id, body }: Call): Reply {
  const row = find(servers, state, id);
  const input = readInput(body);
  const name = input.text('name', { pattern: hostName });
  const labels = input.labels();
  input.done();
  if (name !== undefined) {
    requireUnique('server', state.servers.values(), name, id);
    row.name = name;
  }
  if (labels) row.labels = labels;
  return reply(200, { server: viewServer(state, row) });
}
