import { duration, schedule } from '../actions.ts';
import { route } from '../collection.ts';
import { refused } from '../problem.ts';
import type { Route } from '../route.ts';
import type { ServerRow } from '../state.ts';
import { serverAction, setPower } from './server-deed.ts';

/** How long a guest takes to shut down after the signal was sent, in ms. */
const guestShutdown = 4000;

/** Switching servers on and off. */
export const powerRoutes: readonly Route[] = [
  route(
    'POST',
    '/servers/{id}/actions/poweron',
    serverAction(row => {
      if (row.status === 'running') return { command: 'start_server', ms: 0 };
      if (row.ipv4 === null && row.ipv6 === null && row.private_net.length === 0) {
        throw refused('invalid_input', 'a server needs at least one network interface to be started');
      }
      return { command: 'start_server', ms: 2000, during: 'starting', after: 'running', effect: boot(row) };
    }),
  ),
  route(
    'POST',
    '/servers/{id}/actions/poweroff',
    serverAction(row =>
      row.status === 'off'
        ? { command: 'stop_server', ms: 0 }
        : { command: 'stop_server', ms: 1500, during: 'stopping', after: 'off' },
    ),
  ),
  route(
    'POST',
    '/servers/{id}/actions/reboot',
    serverAction(row => ({ command: 'reboot_server', ms: row.status === 'off' ? 0 : 3000, effect: boot(row) })),
  ),
  route(
    'POST',
    '/servers/{id}/actions/reset',
    serverAction(row => ({
      command: 'reset_server',
      ms: row.status === 'off' ? 0 : 2000,
      ...(row.status !== 'off' && { after: 'running' }),
      effect: boot(row),
    })),
  ),
  route(
    'POST',
    '/servers/{id}/actions/shutdown',
    serverAction((row, { state }) => ({
      command: 'shutdown_server',
      ms: 1000,
      // The action ends when the signal is sent; the guest takes its time.
      effect() {
        const power = row.power;
        schedule(state, {
          due: state.now + duration(state, guestShutdown),
          run() {
            if (row.power === power && row.status === 'running') setPower(row, 'off');
          },
        });
      },
    })),
  ),
];

/** The rescue system serves one boot. */
function boot(row: ServerRow): () => void {
  return () => {
    if (row.status !== 'off') row.rescue_until = null;
  };
}
