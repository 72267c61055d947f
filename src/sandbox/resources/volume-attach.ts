import type { Volume } from '../../core/hetzner/types.ts';
import { on, startAction } from '../actions.ts';
import type { ActionRow, ServerRow, State } from '../state.ts';

/** Starts to attach a volume to a server, after another action if one is given. */
export function attach(state: State, volume: Volume, server: ServerRow, after?: ActionRow): ActionRow {
  return startAction(state, {
    command: 'attach_volume',
    resources: [on('server', server.id), on('volume', volume.id)],
    ms: 1000,
    after,
    effect() {
      volume.server = server.id;
      server.volumes.push(volume.id);
    },
  });
}

/** Takes a volume off its server at once. */
export function takeOff(state: State, volume: Volume): void {
  const server = volume.server === null ? undefined : state.servers.get(volume.server);
  if (server) server.volumes = server.volumes.filter(id => id !== volume.id);
  volume.server = null;
}
