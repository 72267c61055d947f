import { field, type Input } from '../../core/field.ts';
import { rehearse } from '../../core/rehearse.ts';
import type { Outcome } from '../../core/resource.ts';
import { act } from '../../core/verbs.ts';
import { apiExits, command, outputFields, rehearseFields } from '../command.ts';
import { writeData } from '../output/data.ts';
import { escapeControls } from '../output/escape.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeResults } from '../output/results.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { finishDeeds } from '../wait.ts';
import { findServer, servers } from './find-server.ts';

const fields = {
  server: field('text', 'Server, by name or id', {
    operand: 'one',
    required: true,
    refers: { resource: 'server', as: 'name' },
  }),
  ...rehearseFields,
  ...outputFields,
};

const exits = [...apiExits, 'not_found', 'refused', 'conflict'] as const;

/** `server request-console`: the address and password of the console, as hcloud prints them. */
export const requestConsole = command({
  name: 'request-console',
  summary: 'Ask for the console of a server: VNC over a WebSocket',
  fields,
  examples: ['cloudctl server request-console web-1 -o json'],
  exits,
  run: async (session, input) => {
    await openConsole(session, input);
  },
});

/** `server console`: the same, and what to do with it. */
export const console = command({
  name: 'console',
  summary: 'Ask for the console of a server, and tell how to open it',
  description: `Nothing is opened: cloudctl has no VNC viewer. The address is good for one minute, and whoever has it and
the password sits at the console of the server.`,
  fields,
  examples: ['cloudctl server console web-1'],
  exits,
  run: async (session, input) => {
    const format = await openConsole(session, input);
    if (format.machine || input['dry-run'] || session.settings.quiet) return;
    session.world.err.write(
      'The address is good for one minute. Open it with a VNC viewer that speaks WebSocket, such as noVNC (a copy of\n' +
        'your own: the address is a credential), or bridge it to a plain VNC viewer with websocat.\n',
    );
  },
});

async function openConsole(session: Session, input: Input<typeof fields>): Promise<Format> {
  const format = parseFormat({ ...input, available: ['wss_url', 'password'] });
  const { out } = session.world;
  const api = await session.api();
  const server = await findServer(api, input.server);
  if (input['dry-run']) {
    const rehearsal = rehearse(api);
    await act(rehearsal.api, servers, server, 'request_console');
    const result = { target: server.name, id: server.id, ok: true, requests: rehearsal.requests };
    await writeResults(out, format, [result], { several: false, ...lookOf(session) });
    return format;
  }
  const outcome: Outcome = await act(api, servers, server, 'request_console');
  const [done] = await finishDeeds(session, api, [{ outcome }], { wait: true, quiet: format.machine });
  if (done?.failure) throw done.failure;
  await write(session, format, outcome.value as { wss_url: string; password: string });
  return format;
}

async function write(session: Session, format: Format, value: { wss_url: string; password: string }): Promise<void> {
  const { out } = session.world;
  if (format.kind !== 'table' && format.kind !== 'wide') return writeData(out, format, value, lookOf(session));
  out.write(`WebSocket URL: ${escapeControls(value.wss_url)}\nVNC password:  ${escapeControls(value.password)}\n`);
}
