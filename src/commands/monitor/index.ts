import { Failure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { formatBytes } from '../../core/resources/columns.ts';
import { apiExits, command, type Group, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { writeLines } from '../output/lines.ts';
import { writeRows } from '../output/rows.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { chooseRows, type Order, orders, sortRows } from './choose.ts';
import { drawRows } from './draw.ts';
import { showLive } from './live.ts';
import type { MonitorRow } from './row.ts';
import { openSource } from './source.ts';

const columns = ['name', 'id', 'status', 'cpu', 'disk', 'in', 'out', 'backups', 'lag'];

const fields = {
  filter: field('text', 'Only servers with this in their name, with this status, or whose name fits this pattern', {
    placeholder: 'text',
  }),
  selector: field('selector', 'Only servers whose labels match', { short: 'l' }),
  sort: field('text', 'Order: names from a to z, figures from high to low', {
    short: 's',
    default: 'name',
    choices: orders,
  }),
  interval: field('duration', 'How long between two looks', { default: 5000, placeholder: 'duration' }),
  once: field('boolean', 'Print once and end, as without a terminal'),
  ...outputFields,
};

const monitor = command({
  name: 'monitor',
  summary: 'Watch the servers: what they do, live',
  description: `A table of the servers with processor, disk and network of the last hour, drawn again and again until q or Ctrl-C.
Keys filter, sort, pause and show more of one server: ? lists them. Without a terminal it is printed once, as with --once.
Where a daemon is running that keeps the metrics, they are read from there and cost no request. Else Hetzner is asked for the
servers each ten seconds at most, and for the figures of a few of them at a time, each once a minute at most.`,
  fields,
  examples: [
    'cloudctl monitor',
    "cloudctl monitor --filter 'web-*' --sort cpu",
    'cloudctl monitor -l env=prod --once -o json',
  ],
  exits: apiExits,
  columns,
  run: watch,
});

/** `cloudctl monitor`: the servers, live. */
export const group: Group = { name: 'monitor', command: monitor, commands: [] };

async function watch(session: Session, input: Input<typeof fields>): Promise<void | number> {
  const format = parseFormat({ ...input, available: columns });
  const passes = chooseRows(input);
  if (input.interval < 1000) throw new Failure('usage', '--interval: must be a second or more');
  const { out, env } = session.world;
  const isDrawn = format.kind === 'table' && !format.columns && format.query === undefined && out.isTTY;
  const canDraw = isDrawn && env.TERM !== 'dumb';
  const source = await openSource(session);
  const isOnce = input.once || !canDraw;
  const order = input.sort as Order;
  const { interval } = input;
  if (!isOnce) return showLive(session, { source, passes, order, interval });
  const items = sortRows(await source.read(passes, true), order);
  if (canDraw) return writeLines(out, drawRows(items, { columns: out.columns, paint: lookOf(session).paint }));
  const bytes = (value: number | null) => (value === null || format.kind === 'csv' ? value : `${formatBytes(value)}/s`);
  const percent = (value: number | null) => (value === null ? null : Number(value.toFixed(1)));
  return writeRows<MonitorRow>(out, format, {
    items,
    columns: {
      name: row => row.name,
      id: row => row.id,
      status: row => row.status,
      cpu: row => percent(row.cpu.last),
      disk: row => bytes(row.disk),
      in: row => bytes(row.in),
      out: row => bytes(row.out),
      backups: row => row.backups,
      lag: row => (row.lag === null ? null : Math.round(row.lag / 1000)),
    },
    defaults: ['name', 'status', 'cpu', 'disk', 'in', 'out', 'backups'],
    wide: columns,
    nameOf: row => row.name,
    idOf: row => row.id,
    ...lookOf(session),
  });
}
