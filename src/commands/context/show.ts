import { openCredentials } from '../../core/auth/credentials.ts';
import { type Context, contextsOf, requireContext } from '../../core/config/document.ts';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { escapeControls } from '../output/escape.ts';
import { parseFormat } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import { writeRows } from '../output/rows.ts';
import type { Session } from '../session.ts';

interface Row {
  readonly active: boolean;
  readonly name: string;
  readonly endpoint: string;
  /** `stored` for a token, the account, `none`, or for which other origin it is. */
  readonly credential: string;
  /** Whether its token is used only while somebody is signed in. */
  readonly require_login: boolean;
}

const columns = {
  active: (row: Row) => (row.active ? '*' : ''),
  name: (row: Row) => row.name,
  endpoint: (row: Row) => row.endpoint,
  credential: (row: Row) => row.credential,
};

/** `context list`: every context, never a token. */
export const list = command({
  name: 'list',
  summary: 'List contexts',
  fields: {
    'allow-sensitive': field('boolean', "Accepted because hcloud has it; cloudctl's output never has a token in it"),
    ...outputFields,
  },
  examples: ['cloudctl context list', 'cloudctl context list -o json'],
  exits: [],
  async run(session, input) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const items = await Promise.all(
      contextsOf(session.settings.document).map(context => describeContext(session, context)),
    );
    await writeRows(session.world.out, format, {
      items,
      columns,
      defaults: Object.keys(columns),
      wide: Object.keys(columns),
      nameOf: row => row.name,
      idOf: row => row.name,
      now: session.world.clock.now(),
    });
  },
});

/** `context describe`: one context with its preferences and where its token is kept. */
export const describe = command({
  name: 'describe',
  summary: 'Describe a context, the active one if none is named',
  fields: { context: field('text', 'Name of the context', { operand: 'optional' }), ...outputFields },
  examples: ['cloudctl context describe', 'cloudctl context describe production -o json'],
  exits: ['not_found'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const name = input.context ?? settings.contextName;
    if (name === undefined) {
      throw new Failure('not_found', 'no context is active', { hint: 'cloudctl context use <name>' });
    }
    const context = requireContext(settings.document, name);
    const row = await describeContext(session, context);
    const { where } = openCredentials(world, settings.configPath);
    const item = { ...row, credentials_in: where, preferences: context.preferences ?? {} };
    const { now } = world.clock;
    await writeItem(world.out, format, item, { nameOf: one => one.name, idOf: one => one.name, now: now() });
  },
});

/** `context active`: its name alone, or nothing. */
export const active = command({
  name: 'active',
  summary: 'Show the name of the active context',
  fields: {},
  examples: ['cloudctl context active'],
  exits: [],
  async run({ settings, world }) {
    if (settings.contextName !== undefined) world.out.write(`${escapeControls(settings.contextName)}\n`);
  },
});

async function describeContext({ settings, world }: Session, context: Context): Promise<Row> {
  const own = context.preferences?.endpoint ?? settings.document.preferences?.endpoint ?? HETZNER_ENDPOINT;
  const endpoint = String(own);
  const stored = await openCredentials(world, settings.configPath).get(context.name);
  const isFor = (origin: string) => URL.canParse(endpoint) && origin === originOf(parseEndpoint(endpoint));
  const kind = stored?.account === undefined ? 'stored' : `account ${stored.account}`;
  const credential = !stored ? 'none' : isFor(stored.origin) ? kind : `${kind} for ${stored.origin}`;
  return {
    active: context.name === settings.contextName,
    name: context.name,
    endpoint,
    credential,
    require_login: context.require_login ?? false,
  };
}
