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

/** What the daemon would do now. */
export interface Plan {
  readonly images: readonly PlannedImage[];
  /** What a person should know, a sentence each: volumes that no image holds, servers that are gone. */
  readonly warnings?: readonly string[];
  /** Euros a month of all images that stay. */
  readonly monthly_cost?: string;
  readonly currency?: string;
}

/** One image, and what becomes of it. */
export interface PlannedImage {
  readonly id: number;
  readonly server_name: string;
  readonly created: string;
  readonly size: number | null;
  readonly decision: string;
  readonly reasons: readonly string[];
  /** Euros a month. */
  readonly monthly_cost: string | null;
}

const columns: Readonly<Record<string, (image: PlannedImage) => Cell>> = {
  id: image => image.id,
  server: image => image.server_name,
  age: image => new Date(image.created),
  size: image => (typeof image.size === 'number' ? `${image.size.toFixed(2)} GB` : null),
  cost: image => image.monthly_cost,
  decision: image => image.decision,
  reasons: image => image.reasons.join('; '),
};
const names = Object.keys(columns);

const verb = schedule.verbs.plan!;
const regular = verbCommand(schedule, 'plan', verb);

/** `schedule plan`: a row for each image, what becomes of it and why; as JSON all that the daemon says. */
export const plan: Command = {
  ...regular,
  description:
    'Nothing is changed. A run does what the plan shows, when it is due. COST is what the image costs a month, net.',
  get fields() {
    const { schedule: name, ...rest } = regular.fields;
    return { schedule: { ...name!, summary: 'Name or id', operand: 'one' as const, required: true }, ...rest };
  },
  examples: ['cloudctl schedule plan nightly', 'cloudctl schedule plan nightly -o json'],
  exits: [...regular.exits.filter(code => code !== 'partial')],
  columns: names,
  run: async (session, input) => {
    const format = parseFormat({ ...input, available: names });
    const api = await session.api('daemon');
    const [ref] = input.schedule as unknown as string[];
    const item = await find(api, schedule, ref!);
    const { value } = await verb.run(await verbCall(session, schedule, verb, {}, item));
    await show(session, format, (value as { readonly plan: Plan }).plan);
  },
};

async function show({ world, settings, ...session }: Session, format: Format, found: Plan): Promise<void> {
  const look = lookOf({ world, settings, ...session });
  if (format.query !== undefined || format.machine || format.kind === 'template') {
    return writeData(world.out, format, found, look);
  }
  await writeRows(world.out, format, {
    items: found.images,
    columns,
    defaults: names,
    wide: names,
    nameOf: ({ id }) => String(id),
    idOf: ({ id }) => id,
    ...look,
  });
  if (settings.quiet) return;
  const cost = found.monthly_cost === undefined ? [] : [`${found.monthly_cost} ${found.currency ?? 'EUR'} a month`];
  for (const line of [...cost, ...(found.warnings ?? [])]) world.err.write(`${escapeControls(line)}\n`);
}
