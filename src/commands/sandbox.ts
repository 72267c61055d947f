import { Failure } from '../core/failure.ts';
import { field } from '../core/field.ts';
import { command, type Group, outputFields } from './command.ts';
import { parseFormat } from './output/format.ts';
import { writeItem } from './output/item.ts';
import { lookOf } from './run-list.ts';
import {
  control,
  launch,
  readState,
  removeState,
  type SandboxState,
  stateFile,
  stopProcess,
} from './sandbox-process.ts';
import type { Session } from './session.ts';

const nothingReal = 'This is a sandbox: nothing here is real, and nothing costs money.\n';

const start = command({
  name: 'start',
  summary: 'Start a stand-in for Hetzner and WorkOS on this machine',
  description:
    'It keeps servers, volumes, keys and images in memory and answers as the API of Hetzner Cloud does, ' +
    'to hcloud and to other clients too. People sign in to it as they do at WorkOS. ' +
    'It is reached from this machine only, and forgets everything when it stops.',
  fields: {
    port: field('integer', 'Port; a free one where absent'),
    speed: field('text', 'How many times faster than real actions end', { default: '1' }),
    latency: field('duration', 'Time added to each answer'),
    'rate-limit': field('integer', 'Requests an hour', { default: 3600 }),
    'seed-servers': field('integer', 'Servers that are there at the start', { default: 0 }),
    'auto-approve': field('boolean', 'Approve every sign-in at once, as the first user'),
    'token-lifetime': field('duration', 'How long an access token lasts, in whole seconds; 5m where absent'),
    ...outputFields,
  },
  examples: ['cloudctl sandbox start', 'cloudctl sandbox start --speed 10 --seed-servers 20'],
  exits: ['busy', 'unreachable'],
  run: async (session, input) => {
    const file = stateFile(session.world);
    const running = await findRunning(session, file);
    if (running) {
      throw new Failure('busy', `a sandbox is running already at ${running.url}`, { hint: 'cloudctl sandbox stop' });
    }
    const flags = ['port', 'speed', 'rate-limit', 'seed-servers'] as const;
    const given = flags.flatMap(name => (input[name] === undefined ? [] : [`--${name}`, String(input[name])]));
    if (input.latency !== undefined) given.push('--latency', String(input.latency));
    const lifetime = input['token-lifetime'];
    if (lifetime !== undefined) given.push('--token-lifetime', String(lifetime / 1000));
    if (input['auto-approve']) given.push('--auto-approve');
    const state = await launch(session.world, [...given, '--state-file', file]);
    await show(session, input, state);
    if (!session.settings.quiet) session.world.err.write(`${nothingReal}To use it: eval "$(cloudctl sandbox env)"\n`);
  },
});

const status = command({
  name: 'status',
  summary: 'Show whether a sandbox runs, and where',
  fields: outputFields,
  examples: ['cloudctl sandbox status'],
  exits: ['not_found'],
  run: async (session, input) => {
    const state = await requireRunning(session);
    const { requests } = await control<{ requests: number }>(session.world, state, 'GET', '');
    await show(session, input, { ...state, requests });
  },
});

const stop = command({
  name: 'stop',
  summary: 'Stop the sandbox; what is in it is gone',
  fields: {},
  examples: ['cloudctl sandbox stop'],
  exits: ['not_found', 'timeout'],
  run: async session => {
    const file = stateFile(session.world);
    const state = await requireRunning(session);
    await stopProcess(session.world, state);
    removeState(file);
    if (!session.settings.quiet) session.world.err.write('The sandbox has stopped.\n');
  },
});

const reset = command({
  name: 'reset',
  summary: 'Empty the sandbox',
  fields: {},
  examples: ['cloudctl sandbox reset'],
  exits: ['not_found'],
  run: async session => {
    await control(session.world, await requireRunning(session), 'POST', '/reset');
    if (!session.settings.quiet) session.world.err.write('The sandbox is as it was at the start.\n');
  },
});

const env = command({
  name: 'env',
  summary: 'Print the shell commands that point cloudctl and hcloud at the sandbox',
  fields: {
    shell: field('text', 'Shell to print for', { default: 'sh', choices: ['sh', 'bash', 'zsh', 'fish'] }),
    login: field('boolean', 'For signing in: set no token, and unset the tokens that are set'),
  },
  examples: ['cloudctl sandbox env', 'cloudctl sandbox env --shell fish', 'cloudctl sandbox env --login'],
  exits: ['not_found'],
  run: async (session, input) => {
    const { url, token, workos } = await requireRunning(session);
    const tokens = input.login
      ? { CLOUDCTL_TOKEN: undefined, HCLOUD_ENDPOINT: undefined, HCLOUD_TOKEN: undefined }
      : { CLOUDCTL_TOKEN: token, HCLOUD_ENDPOINT: url, HCLOUD_TOKEN: token };
    const variables = {
      CLOUDCTL_ENDPOINT: url,
      ...tokens,
      CLOUDCTL_WORKOS_ENDPOINT: workos.url,
      CLOUDCTL_WORKOS_CLIENT_ID: workos.client_id,
    };
    const line = input.shell === 'fish' ? fishLine : shellLine;
    for (const [name, value] of Object.entries(variables)) session.world.out.write(line(name, value));
  },
});

export const group: Group = { name: 'sandbox', commands: [start, status, stop, reset, env] };

function shellLine(name: string, value: string | undefined): string {
  return value === undefined ? `unset ${name}\n` : `export ${name}='${value}'\n`;
}

function fishLine(name: string, value: string | undefined): string {
  return value === undefined ? `set -e ${name}\n` : `set -gx ${name} '${value}'\n`;
}

async function show(session: Session, input: object, state: SandboxState & { requests?: number }): Promise<void> {
  const format = parseFormat({ ...input });
  await writeItem(session.world.out, format, state, {
    nameOf: () => 'sandbox',
    idOf: ({ pid }) => pid,
    ...lookOf(session),
  });
}

/** The sandbox that the state file names, where it answers; a file that is left of a dead one is removed. */
async function findRunning(session: Session, file: string): Promise<SandboxState | undefined> {
  const state = readState(file);
  if (!state) return undefined;
  try {
    await control(session.world, state, 'GET', '');
    return state;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unreachable') throw error;
    removeState(file);
    return undefined;
  }
}

async function requireRunning(session: Session): Promise<SandboxState> {
  const state = await findRunning(session, stateFile(session.world));
  if (state) return state;
  throw new Failure('not_found', 'no sandbox is running', { hint: 'cloudctl sandbox start' });
}
