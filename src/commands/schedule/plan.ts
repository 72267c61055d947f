import { find } from '../../core/find.ts';
import type { Cell } from '../../core/resource.ts';
import { schedule } from '../../core/resources/schedule.ts';
import type { Command } from '../command.ts';
import { writeData } from '../output/data.ts';
import { escapeControls } from '../output/escape.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';
import { verbCommand } from '../resource-group.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { verbCall } from '../verb-call.ts';

/** What the daemon would do now, as far as it is shown; sums are of a month. */
interface Plan {
  readonly next_run: string | null;
  /** The servers of the next run; null while Hetzner does not tell. */
  readonly runs: readonly { readonly name: string }[] | null;
  readonly servers: readonly {
    readonly name: string;
    /** Why nothing of it is deleted now. */
    readonly stopped?: string | null;
    readonly images: readonly PlannedImage[];
  }[];
  readonly notices: readonly string[];
  readonly monthly: Sum | null;
  /** Older daemons do not say it. */
  readonly currency?: string | null;
}

interface Sum {
  readonly net: string;
  readonly gross: string;
}

/** One image, and what becomes of it. */
interface PlannedImage {
  readonly id: number;
  readonly created: string;
  readonly size: number | null;
  readonly monthly: Sum | null;
  readonly decision: string;
  readonly reasons: readonly string[];
  readonly delete_after: string | null;
}

interface Row extends PlannedImage {
  readonly server: string;
}

const columns: Readonly<Record<string, (row: Row) => Cell>> = {
  id: row => row.id,
  server: row => row.server,
  age: row => new Date(row.created),
  size: row => (typeof row.size === 'number' ? `${row.size.toFixed(2)} GB` : null),
  monthly: row => row.monthly && Number(row.monthly.net).toFixed(4),
  decision: row => row.decision,
  reasons: row => row.reasons.join('; '),
  delete_after: row => row.delete_after,
};
const available = Object.keys(columns);
const defaults = available.filter(name => name !== 'delete_after');

const verb = schedule.verbs.plan!;
const regular = verbCommand(schedule, 'plan', verb);

/** `schedule plan`: a row for each image, what becomes of it and why; as JSON all that the daemon says. */
export const plan: Command = {
  ...regular,
  description:
    'Nothing is changed: a run does what the plan shows, when it is due. MONTHLY is what the image costs a month, net.',
  get fields() {
    const { schedule: name, ...rest } = regular.fields;
    return { schedule: { ...name!, summary: 'Name or id', operand: 'one' as const, required: true }, ...rest };
  },
  examples: ['cloudctl schedule plan nightly', 'cloudctl schedule plan nightly -o json'],
  exits: regular.exits.filter(code => code !== 'partial'),
  columns: available,
  run: async (session, input) => {
    const format = parseFormat({ ...input, available });
    const api = await session.api('daemon');
    const [ref] = input.schedule as unknown as string[];
    const item = await find(api, schedule, ref!);
    const { value } = await verb.run(await verbCall(session, schedule, verb, {}, item));
    await show(session, format, (value as { readonly plan: Plan }).plan);
  },
};

async function show(session: Session, format: Format, found: Plan): Promise<void> {
  const { world, settings } = session;
  const look = lookOf(session);
  if (format.query !== undefined || format.machine || format.kind === 'template') {
    return writeData(world.out, format, found, look);
  }
  await writeRows(world.out, format, {
    items: found.servers.flatMap(({ name, images }) => images.map((image): Row => ({ ...image, server: name }))),
    columns,
    defaults,
    wide: available,
    nameOf: ({ id }) => String(id),
    idOf: ({ id }) => id,
    ...look,
  });
  if (settings.quiet || !['table', 'wide'].includes(format.kind)) return;
  for (const line of tidings(found)) world.err.write(`${escapeControls(line)}\n`);
}

function tidings({ next_run, runs, servers, notices, monthly, currency }: Plan): string[] {
  const of = runs?.length ? `, of ${runs.map(({ name }) => name).join(', ')}` : '';
  return [
    next_run === null ? 'No run is due' : `Next run ${next_run}${of}`,
    ...(monthly
      ? [[Number(monthly.net).toFixed(2), currency, 'net a month for all of them'].filter(Boolean).join(' ')]
      : []),
    ...servers.flatMap(({ name, stopped }) => (stopped ? [`${name}: nothing is deleted: ${stopped}`] : [])),
    ...notices,
  ];
}
