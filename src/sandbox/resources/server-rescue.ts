import { on, requireUnlocked, startAction } from '../actions.ts';
import { replyAction, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { makePassword } from '../passwords.ts';
import { notFound, refused } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { lookUpField } from './lookup.ts';
import { actOn, freeServer, serverAction } from './server-deed.ts';

const rescueLapses = 60 * 60 * 1000;

/** Ways into a server when nothing else helps: rescue system, password, console, ISO. */
export const rescueRoutes: readonly Route[] = [
  route('POST', '/servers/{id}/actions/enable_rescue', enableRescue),
  route(
    'POST',
    '/servers/{id}/actions/disable_rescue',
    serverAction(row => ({
      command: 'disable_rescue',
      ms: 300,
      effect() {
        row.rescue_until = null;
      },
    })),
  ),
  route('POST', '/servers/{id}/actions/reset_password', resetPassword),
  route('POST', '/servers/{id}/actions/request_console', requestConsole),
  route(
    'POST',
    '/servers/{id}/actions/attach_iso',
    serverAction((row, { state, body }) => {
      const input = readInput(body);
      const iso = lookUpField(input, 'iso', state.isos, input.reference('iso', { required: true }));
      if (iso?.architecture && iso.architecture !== row.server_type.architecture) {
        input.complain('iso', 'ISO is for another architecture');
      }
      input.done();
      return {
        command: 'attach_iso',
        ms: 800,
        effect() {
          row.iso = iso!.id;
        },
      };
    }),
  ),
  route(
    'POST',
    '/servers/{id}/actions/detach_iso',
    serverAction(row => ({
      command: 'detach_iso',
      // With nothing in the drive the action is born finished.
      ms: row.iso === null ? 0 : 800,
      effect() {
        row.iso = null;
      },
    })),
  ),
];

function enableRescue({ state, id, body }: Call): Reply {
  const row = freeServer(state, id);
  const input = readInput(body);
  input.text('type', { oneOf: ['linux64'] });
  for (const key of input.integers('ssh_keys')) lookUpField(input, 'ssh_keys', state.ssh_keys, String(key));
  input.done();
  const action = actOn(state, row, {
    command: 'enable_rescue',
    ms: 500,
    effect() {
      row.rescue_until = state.now + rescueLapses;
    },
  });
  return replyAction(state, action, { root_password: makePassword(state) });
}

function resetPassword({ state, id }: Call): Reply {
  const row = freeServer(state, id);
  if (row.status !== 'running') throw refused('unsupported_error', 'server must be running');
  const action = actOn(state, row, { command: 'reset_password', ms: 1000 });
  return replyAction(state, action, { root_password: makePassword(state) });
}

function requestConsole({ state, id }: Call): Reply {
  const row = state.servers.get(id);
  if (!row) throw notFound('server', id);
  requireUnlocked(state, 'server', id);
  if (row.status !== 'running') throw refused('unsupported_error', 'server must be running');
  const action = startAction(state, {
    command: 'request_console',
    resources: [on('server', id)],
    ms: 200,
    locks: false,
  });
  return replyAction(state, action, {
    wss_url: `wss://console.sandbox.example/?server_id=${id}&token=${makePassword(state)}`,
    password: makePassword(state).slice(0, 8),
  });
}
