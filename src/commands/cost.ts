import { type Estimate, estimateCost, lineBody } from '../core/cost/estimate.ts';
import { groupKey, groupLines, sumLines } from '../core/cost/group.ts';
import { readInventory, readPricing } from '../core/cost/inventory.ts';
import { exactSum, roundMoney } from '../core/cost/money.ts';
import { Failure } from '../core/failure.ts';
import { field, type Input } from '../core/field.ts';
import { formatBytes } from '../core/resources/columns.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { columnsFor, writeIdle, writeLinesOf } from './cost/tables.ts';
import { writeData } from './output/data.ts';
import { escapeControls } from './output/escape.ts';
import { type Format, parseFormat } from './output/format.ts';
import { lookOf } from './run-list.ts';
import type { Session } from './session.ts';

const fields = {
  by: field('text', 'One row for each: resource, type, location or label=<key>', { default: 'resource' }),
  month: field('text', 'A whole month of what exists (next), or this one to its end, with its traffic (now)', {
    default: 'next',
    choices: ['now', 'next'],
  }),
  idle: field('boolean', 'Only what idles and still costs'),
  ...outputFields,
};

const cost = command({
  name: 'cost',
  summary: 'Estimate what the project costs, and what idles and still costs',
  description: `Hetzner has no invoice in its API: this is its price list times what exists in the project. What was deleted
this month, storage boxes, object storage, credits and discounts are not in it. Sums are exact and rounded only to be shown.`,
  fields,
  examples: [
    'cloudctl cost',
    'cloudctl cost --by label=team',
    'cloudctl cost --by location --month now -o json',
    'cloudctl cost --idle',
  ],
  exits: apiExits,
  columns: [...new Set([...columnsFor('resource', true), ...columnsFor('type', false)])],
  run: showCost,
});

/** `cloudctl cost`: what the project costs. */
export const group: Group = { name: 'cost', command: cost, commands: [] };

async function showCost(session: Session, input: Input<typeof fields>): Promise<void> {
  const by = checkBy(input.by);
  const idle = input.idle ?? false;
  const format = parseFormat({ ...input, available: columnsFor(by, idle) });
  const api = await session.api();
  const [pricing, inventory] = await Promise.all([readPricing(api), readInventory(api)]);
  const { clock, out } = session.world;
  const estimate = estimateCost(inventory, pricing, input.month as 'now' | 'next', clock.now());
  if (format.machine || format.query !== undefined || format.kind === 'template') {
    return writeData(out, format, bodyOf(estimate, by, idle), lookOf(session));
  }
  if (idle) await writeIdle(session, format, estimate);
  else await writeAll(session, format, estimate, by);
  if (format.kind === 'table' || format.kind === 'wide') explain(session, estimate);
}

function checkBy(by: string): string {
  if (['resource', 'type', 'location'].includes(by) || /^label=./.test(by)) return by;
  throw new Failure('usage', `--by: '${by}' is not one of resource, type, location, label=<key>`);
}

async function writeAll(session: Session, format: Format, estimate: Estimate, by: string): Promise<void> {
  const { out } = session.world;
  await writeLinesOf(session, format, estimate, by);
  if ((format.kind !== 'table' && format.kind !== 'wide') || format.columns || !format.header) return;
  const { total, currency, idle } = estimate;
  out.write(`\nTotal: ${roundMoney(total.net)} ${currency} net, ${roundMoney(total.gross)} ${currency} gross\n`);
  if (idle.length === 0) return;
  const wasted = sumLines(idle);
  out.write(`\nIdle, and costing ${roundMoney(wasted.gross)} ${currency} gross a month all the same:\n`);
  await writeIdle(session, format, estimate);
}

/** What a reader must know of the figures, on standard error. */
function explain({ world, settings }: Session, { month, lines, traffic, currency }: Estimate): void {
  if (settings.quiet) return;
  const { err } = world;
  const over = month ? 'this month to its end, with the traffic so far' : 'a whole month of what exists now';
  err.write(`An estimate from Hetzner's price list: ${over}. Rows are rounded to cents, the total after summing.\n`);
  const unpriced = lines.filter(line => !line.cost);
  if (unpriced.length > 0) {
    const names = unpriced.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    err.write(`No price or size is known, and nothing is counted, for ${escapeControls(names)}\n`);
  }
  for (const { name, outgoing, included, cost } of traffic) {
    const sent = `${name} has sent ${formatBytes(outgoing)}, ${formatBytes(included)} are included`;
    const price = cost ? `: ${roundMoney(cost.gross)} ${currency} gross so far` : '';
    err.write(escapeControls(`${sent}${price}${month ? '' : ', not in the total'}`) + '\n');
  }
}

function bodyOf(estimate: Estimate, by: string, onlyIdle: boolean) {
  const { currency, vatRate, month, lines, total, idle, traffic } = estimate;
  const head = {
    currency,
    vat_rate: vatRate,
    month: month ? new Date(month.start).toISOString().slice(0, 7) : null,
    estimate: true,
  };
  if (onlyIdle) return { ...head, total: exactSum(sumLines(idle)), idle: idle.map(lineBody) };
  const groups = groupLines(lines, groupKey(by)).map(({ cost, ...rest }) => ({ ...rest, ...exactSum(cost) }));
  return {
    ...head,
    total: exactSum(total),
    ...(by === 'resource' ? { lines: lines.map(lineBody) } : { by, groups }),
    idle: idle.map(lineBody),
    traffic: traffic.map(lineBody),
  };
}
