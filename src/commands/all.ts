import { type Api, collect } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import { field, type Input } from '../core/field.ts';
import type { Cell, Item } from '../core/resource.ts';
import { identities, type ResourceName } from '../core/resources/identities.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { writeData } from './output/data.ts';
import { parseFormat } from './output/format.ts';
import { writeRows } from './output/rows.ts';
import { lookOf } from './run-list.ts';
import type { Session } from './session.ts';

const fields = {
  selector: field('selector', 'Only items whose labels match', { short: 'l' }),
  paid: field('boolean', 'Only what costs'),
  ...outputFields,
};

interface Kind {
  readonly paid?: boolean;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
}

/** What a project can hold, in the order shown; `paid` is what Hetzner bills. */
const kinds: Partial<Record<ResourceName, Kind>> = {
  server: { paid: true },
  volume: { paid: true },
  image: { paid: true, query: { type: ['snapshot', 'backup'] } },
  'primary-ip': { paid: true },
  'floating-ip': { paid: true },
  'load-balancer': { paid: true },
  'ssh-key': {},
  network: {},
  firewall: {},
  'placement-group': {},
  certificate: {},
  zone: {},
};

const columns: Record<string, (row: Row) => Cell> = {
  resource: row => row.resource,
  id: row => row.item.id,
  name: row => row.item.name ?? row.item.description,
  status: row => row.item.status,
  location: row => row.item.location?.name,
  labels: row => row.item.labels,
  age: row => (row.item.created ? new Date(row.item.created) : null),
};

interface Row {
  readonly resource: string;
  readonly item: Item;
}

const list = command({
  name: 'list',
  summary: 'List all resources of the project',
  fields,
  examples: ['cloudctl all list --paid'],
  exits: apiExits,
  run: listAll,
});

export const group: Group = { name: 'all', commands: [list] };

async function listAll(session: Session, input: Input<typeof fields>): Promise<void> {
  const format = parseFormat({ ...input, available: Object.keys(columns) });
  const api = await session.api();
  const wanted = Object.entries(kinds).filter(([, { paid }]) => paid || !input.paid);
  const lists = await Promise.all(
    wanted.map(([name, kind]) => rowsOf(api, name as ResourceName, kind, input.selector)),
  );
  const { out } = session.world;
  if (format.machine) {
    const byPath = wanted.map(([name], index) => [identities[name as ResourceName].path, lists[index]]);
    return writeData(out, format, Object.fromEntries(byPath), lookOf(session));
  }
  const items = wanted.flatMap(([name], index) => lists[index]!.map(item => ({ resource: name, item })));
  await writeRows(out, format, {
    items,
    columns,
    defaults: ['resource', 'id', 'name', 'status', 'location', 'age'],
    wide: Object.keys(columns),
    nameOf: row => row.item.name,
    idOf: row => row.item.id,
    ...lookOf(session),
  });
}

/** The rows of one kind; a kind that this API does not have is empty. */
async function rowsOf(api: Api, name: ResourceName, { query }: Kind, selector: string | undefined): Promise<Item[]> {
  try {
    return await collect<Item>(api.list(identities[name].path, { ...query, label_selector: selector }));
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return [];
    throw error;
  }
}
