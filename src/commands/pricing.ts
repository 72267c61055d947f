import { readPricing } from '../core/cost/inventory.ts';
import { type PriceRow, priceRows } from '../core/cost/price-list.ts';
import { Failure } from '../core/failure.ts';
import { field, type Input } from '../core/field.ts';
import type { Cell } from '../core/resource.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { parseFormat } from './output/format.ts';
import { writeRows } from './output/rows.ts';
import { lookOf } from './run-list.ts';
import type { Session } from './session.ts';

const resources = [
  'server',
  'load-balancer',
  'primary-ip',
  'floating-ip',
  'volume',
  'image',
  'backup',
  'traffic',
] as const satisfies readonly PriceRow['resource'][];

const fields = {
  location: field('list', 'Only prices at these locations, and those that are the same everywhere', {
    refers: { resource: 'location', as: 'name' },
  }),
  type: field('list', 'Only prices of these resources', { choices: resources }),
  ...outputFields,
};

const defaults = ['resource', 'type', 'location', 'hourly_gross', 'monthly_net', 'monthly_gross', 'per'] as const;
const available = [...defaults, 'hourly_net', 'currency'] as const satisfies readonly (keyof PriceRow)[];

const columns = Object.fromEntries(available.map(name => [name, (row: PriceRow): Cell => row[name]]));

const list = command({
  name: 'list',
  summary: "List Hetzner's prices, net and with VAT",
  fields,
  examples: ['cloudctl pricing list --type server --location fsn1', 'cloudctl pricing list --type volume -o json'],
  exits: [...apiExits, 'not_found'],
  columns: available,
  run: listPrices,
});

/** `cloudctl pricing`: Hetzner's price list. */
export const group: Group = { name: 'pricing', commands: [list] };

async function listPrices(session: Session, { location, type, ...output }: Input<typeof fields>): Promise<void> {
  const format = parseFormat({ ...output, available });
  const pricing = await readPricing(await session.api());
  const all = priceRows(pricing);
  const unknown = location?.find(name => !all.some(row => row.location === name));
  if (unknown !== undefined) {
    throw new Failure('not_found', `no prices for the location ${unknown}`, { hint: 'cloudctl location list' });
  }
  const items = all.filter(
    row =>
      (!type || type.includes(row.resource)) &&
      (!location || row.location === null || location.includes(row.location)) &&
      // As many rows as there are servers, and seldom wanted.
      (row.resource !== 'traffic' || type?.includes('traffic') === true),
  );
  await writeRows(session.world.out, format, {
    items,
    columns,
    defaults,
    wide: available,
    nameOf: row => row.type,
    idOf: row => row.type,
    ...lookOf(session),
  });
  if ((format.kind === 'table' || format.kind === 'wide') && !session.settings.quiet) {
    session.world.err.write(`Prices in ${pricing.currency}, VAT ${Number(pricing.vat_rate)} %\n`);
  }
}
