import type { Api } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { find } from '../../core/find.ts';
import type { Item } from '../../core/resource.ts';
import { identities } from '../../core/resources/identities.ts';
import { privateAddress, publicAddress } from '../../core/ssh/address.ts';
import { shellLine, sshArguments } from '../../core/ssh/arguments.ts';
import { apiExits, command } from '../command.ts';
import { isFancy } from '../output/color.ts';
import { openProgress } from '../output/progress.ts';
import type { Session } from '../session.ts';
import { findServer } from './find-server.ts';
import { prepareKnownHosts } from './ssh-known-hosts.ts';
import { answersSsh } from './ssh-probe.ts';
import { runSsh } from './ssh-run.ts';

const fields = {
  server: field('text', 'Server, by name or id', {
    operand: 'one',
    required: true,
    refers: { resource: 'server', as: 'name' },
  }),
  command: field('repeat', 'Options of ssh, and the command to run there', { operand: 'many' }),
  user: field('text', 'User on the server', { short: 'u', default: 'root' }),
  port: field('integer', 'Port', { short: 'p', default: 22 }),
  ipv6: field('boolean', 'Connect to the first address of its IPv6 network'),
  network: field('text', 'Connect to its private address in this network, or in the first', {
    placeholder: 'network|first',
  }),
  identity: field('text', 'File of the private key', { short: 'i', placeholder: 'file' }),
  wait: field('boolean', 'Wait until the server answers, 3 minutes or --timeout at most'),
  'new-host-key': field('boolean', 'Forget the host key: after booting the rescue system, and after leaving it'),
  print: field('boolean', 'Print the command of ssh and do not run it'),
};

type Given = Input<typeof fields>;

/** `server ssh`: a shell on a server, or one command there; ends with the status of ssh. */
export const ssh = command({
  name: 'ssh',
  summary: 'Connect to a server by SSH, or run a command there',
  description: `Flags before the server are those below; what comes after it is given to ssh as it is. The host key is kept
for the server itself, not for its address: it is learned at the first connection and again after a rebuild, and an address
that another server had before gives no alarm. The exit status is that of ssh.`,
  fields,
  passThrough: true,
  examples: [
    'cloudctl server ssh web-1',
    'cloudctl server ssh web-1 -L 8080:localhost:80',
    'cloudctl server ssh --wait -u admin web-1 -- uptime',
    'cloudctl server ssh --network first web-1 -J admin@bastion.example.com',
  ],
  exits: [...apiExits, 'not_found', 'refused'],
  run: connect,
});

async function connect(session: Session, input: Given): Promise<number> {
  if (input.port < 1 || input.port > 65_535) throw new Failure('usage', `--port: ${input.port} is not a port`);
  if (input.ipv6 && input.network !== undefined) throw new Failure('usage', 'give --ipv6 or --network, not both');
  const api = await session.api();
  const server = await findServer(api, input.server);
  if (server.status === 'off') {
    throw new Failure('refused', `server ${server.name} is off`, { hint: `cloudctl server poweron ${server.name}` });
  }
  const address = await chooseAddress(api, server, input);
  const knownHosts = await prepareKnownHosts(session, api, server, input['new-host-key'] ?? false);
  const { user, port, identity } = input;
  const words = sshArguments({ address, user, port, identity, knownHosts, rest: input.command ?? [] });
  if (input.print) {
    session.world.out.write(`${shellLine(['ssh', ...words])}\n`);
    return 0;
  }
  if (input.wait) await waitUntilAnswering(session, server, address, port);
  return runSsh(session.world, words);
}

async function chooseAddress(api: Api, server: Item, { ipv6, network }: Given): Promise<string> {
  if (network === undefined) return publicAddress(server, ipv6 ?? false);
  if (network === 'first') return privateAddress(server, 'first', network);
  const { id } = await find(api, { name: 'network', ...identities.network }, network);
  return privateAddress(server, id, network);
}

const patience = 180_000;
/** Milliseconds for one attempt, and between two. */
const [attempt, pause] = [5000, 1000];

async function waitUntilAnswering(session: Session, server: Item, address: string, port: number): Promise<void> {
  const { world, settings } = session;
  const { clock, signal } = world;
  const end = clock.now() + (settings.timeout ?? patience);
  const progress = openProgress(world, { enabled: !settings.quiet, fancy: isFancy(world.err, world.env) });
  progress.update(`Waiting for SSH on ${server.name} (${address} port ${port})`);
  try {
    for (;;) {
      const left = end - clock.now();
      if (left <= 0) break;
      if (await answersSsh(address, port, Math.min(attempt, left), signal)) return;
      await clock.sleep(Math.min(pause, left), signal);
    }
  } finally {
    progress.done();
  }
  throw new Failure('timeout', `server ${server.name} does not answer by SSH at ${address} port ${port}`, {
    hint: `cloudctl server console ${server.name}`,
  });
}
