import { findSource, requireFit } from '../../core/composite/restore.ts';
import { Failure } from '../../core/failure.ts';
import { type Fields, field, type Input } from '../../core/field.ts';
import { find } from '../../core/find.ts';
import { type Item, type Verb, verb } from '../../core/resource.ts';
import { identities } from '../../core/resources/identities.ts';
import { server } from '../../core/resources/server.ts';
import { snapshot } from '../../core/resources/snapshot.ts';
import { act, bodyOf, call } from '../../core/verbs.ts';
import { apiExits, command, outputFields, rehearseFields, waitFields } from '../command.ts';
import { runCreate } from '../run-create.ts';
import { formatFor } from '../run-list.ts';
import { runTargets } from '../run-targets.ts';
import type { Session } from '../session.ts';

const refersTo = (resource: string, as: 'id' | 'name') => ({ refers: { resource, as } }) as const;

/** What a new server can be given; the keys are those of the API. */
const serverFields = {
  type: field('text', 'Server type; that of the server it was made of where that still exists', {
    key: 'server_type',
    ...refersTo('server-type', 'name'),
  }),
  location: field('text', 'Location; likewise', refersTo('location', 'name')),
  'ssh-key': field('list', 'SSH key', { key: 'ssh_keys', ...refersTo('ssh-key', 'id') }),
  network: field('list', 'Attach to a network', { key: 'networks', ...refersTo('network', 'id') }),
  label: field('labels', 'Label', { key: 'labels' }),
  'start-after-create': field('boolean', 'Start the server', { default: true }),
};
const firewalls = { firewall: field('list', 'Put behind a firewall', refersTo('firewall', 'id')) };

const fields = {
  snapshot: field('text', 'Id or description', {
    operand: 'one',
    required: true,
    refers: { resource: 'snapshot', as: 'name' },
  }),
  'new-server': field('text', 'Create a server of this name', { placeholder: 'name' }),
  rebuild: field('text', 'Write the disk of this server anew; what is on it is lost', refersTo('server', 'name')),
  ...serverFields,
  ...firewalls,
  ...rehearseFields,
  ...waitFields,
  ...outputFields,
};

type Given = Input<typeof fields>;

/** `snapshot restore`: to a new server, or over the disk of one that is there. */
export const restore = command({
  name: 'restore',
  summary: 'Make a server of a snapshot, or write the disk of a server anew from it',
  description:
    'A snapshot holds the disk of a server, not its volumes. A new server is by default of the type and in the location of the server that the snapshot was made of.',
  fields,
  examples: [
    'cloudctl snapshot restore 1042 --new-server web-2 --ssh-key laptop',
    'cloudctl snapshot restore before-upgrade --new-server web-2 --type cx33 --location fsn1',
    'cloudctl snapshot restore 1042 --rebuild web-1',
  ],
  exits: [...apiExits, 'not_found', 'refused', 'conflict'],
  columns: Object.keys(server.columns),
  run: async (session, input) => {
    const { 'new-server': name, rebuild } = input;
    if ((name === undefined) === (rebuild === undefined)) throw new Failure('usage', 'give --new-server or --rebuild');
    const format = formatFor(session, server, input);
    const api = await session.api();
    const image = await find(api, snapshot, input.snapshot);
    if (!format.machine && !session.settings.quiet) {
      session.world.err.write('Note: a snapshot holds the disk of a server, not its volumes\n');
    }
    if (rebuild !== undefined) return rebuildServer(session, image, rebuild, input);
    return createServer(session, image, name!, input);
  },
});

async function rebuildServer(session: Session, image: Item, name: string, input: Given): Promise<void> {
  const typed = Object.keys({ ...serverFields, ...firewalls }).filter(
    key => key !== 'start-after-create' && input[key as keyof Given] !== undefined,
  );
  if (typed.length > 0) throw new Failure('usage', `--${typed[0]} is for --new-server, not for --rebuild`);
  const rebuild = verb({
    kind: 'change',
    summary: 'Write the disk anew',
    fields: {},
    loses: item => [`everything on the disk of ${item.name}`],
    run: async ({ api, resource, item }) => {
      requireFit(image, `server ${item.name}`, item.primary_disk_size, item.server_type?.architecture);
      return act(api, resource, item, 'rebuild', { image: String(image.id) });
    },
  });
  const run = { session, resource: server, name: 'restore', verb: rebuild as Verb };
  await runTargets({ ...run, input: { ...input, server: [name] } });
}

async function createServer(session: Session, image: Item, name: string, input: Given): Promise<void> {
  const api = await session.api();
  const source = await findSource(api, image);
  const identity = { name: 'server-type', ...identities['server-type'] };
  const type = input.type === undefined ? source?.server_type : await find(api, identity, input.type);
  if (!type) {
    const gone = image.created_from?.name ?? 'its server';
    throw new Failure('usage', `missing --type: ${gone}, of which snapshot ${image.id} was made, is gone`);
  }
  requireFit(image, `type ${type.name}`, type.disk, type.architecture);
  const made = {
    ...input,
    name,
    type: type.name,
    location: input.location ?? source?.location?.name,
    'ssh-key': input['ssh-key'] ?? defaultKeys(session),
  };
  const run = { session, resource: server, name: 'restore', verb: createVerb(image) };
  await runCreate({ ...run, input: made });
}

function defaultKeys({ settings }: Session): string[] | undefined {
  const keys = settings.defaultSshKeys;
  return keys && keys.length > 0 ? [...keys] : undefined;
}

function createVerb(image: Item): Verb {
  const used: Fields = { name: field('text', 'Name'), ...serverFields, ...firewalls };
  return {
    kind: 'create',
    summary: 'Create a server',
    fields: used,
    run: ({ api, resource, input }) => {
      const { firewall, ...rest } = input as Record<string, unknown>;
      const { firewall: _, ...plain } = used;
      const behind = (firewall as number[] | undefined)?.map(id => ({ firewall: id }));
      const body = { ...bodyOf(plain, rest), image: String(image.id), ...(behind && { firewalls: behind }) };
      return call(api, 'POST', resource.path, body);
    },
  };
}
