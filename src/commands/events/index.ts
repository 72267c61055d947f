import { type DaemonEvent, followEvents, readEvents } from '../../core/events/follow.ts';
import { eventFamilies, parseEventTypes } from '../../core/events/types.ts';
import { Failure, failures } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { apiExits, command, type Group, outputFields } from '../command.ts';
import { colors, isFancy } from '../output/color.ts';
import { escapeControls, escapeJson } from '../output/escape.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { summaryOf } from './line.ts';

const columns = ['id', 'at', 'age', 'type', 'about'];

const usual = 50;
const most = 100_000;

const fields = {
  type: field('list', `Only these: ${eventFamilies.join(', ')}, or one type such as backup.done`, {
    short: 't',
    placeholder: 'types',
  }),
  lines: field('integer', `The last so many; ${usual} where absent, none with --follow`, {
    short: 'n',
    placeholder: 'number',
  }),
  after: field('integer', 'Those after the event of this id', { placeholder: 'id' }),
  follow: field('boolean', 'Go on and show what happens, until Ctrl-C', { short: 'f' }),
  ...outputFields,
};

const events = command({
  name: 'events',
  summary: 'What happens at the daemon: checks, alerts, backups, messages',
  description: `Each event is written in the commit of what it tells of, so it comes if and only if that has happened, once and in order.
The daemon keeps them for seven days. With --follow each is a line, under -o json one object a line; a stream that is lost,
as by a restart of the daemon, is gone on with where it was. Where some are gone an event of the type missed says so.
The messages of the inbox are of the type inbox.`,
  fields,
  examples: [
    'cloudctl events',
    'cloudctl events --follow --type alert,backup',
    'cloudctl events --follow --type inbox',
    'cloudctl events --follow --after 1042 -o json',
  ],
  exits: apiExits,
  columns,
  run: showEvents,
});

/** `cloudctl events`: what happens at the daemon. */
export const group: Group = { name: 'events', command: events, commands: [] };

async function showEvents(session: Session, input: Input<typeof fields>): Promise<void | number> {
  const format = parseFormat({ ...input, available: columns });
  const types = parseEventTypes(input.type ?? []);
  const { after, lines, follow } = input;
  if (lines !== undefined && (lines < 0 || lines > most))
    throw new Failure('usage', `--lines: must be a number from 0 to ${most}`);
  if (after !== undefined && after < 0) throw new Failure('usage', '--after: must not be negative');
  if (after !== undefined && lines !== undefined)
    throw new Failure('usage', 'give --after or --lines, not both: each says where to begin');
  if (follow) {
    requireLines(format);
    return followAll(session, { types, after, last: lines }, format);
  }
  const api = await session.api('daemon');
  const items = await readEvents(api, { types, after, last: lines ?? usual }, session.world.signal);
  return writeRows<DaemonEvent>(session.world.out, format, {
    items,
    columns: {
      id: event => event.id,
      at: event => event.at,
      age: event => (event.at === undefined ? null : new Date(event.at)),
      type: event => event.type,
      about: event => summaryOf(event.data),
    },
    defaults: ['id', 'age', 'type', 'about'],
    wide: columns,
    nameOf: event => event.type,
    idOf: event => event.id,
    ...lookOf(session),
  });
}

function requireLines({ kind, columns: chosen, query }: Format): void {
  if (['table', 'json', 'ndjson'].includes(kind) && !chosen && query === undefined) return;
  throw new Failure('usage', '--follow writes lines, or JSON with -o json', {
    hint: 'Leave out --query, columns and other formats',
  });
}

/** Writes each event as it comes, until the reader goes, time is up, or Ctrl-C (then 130). */
async function followAll(
  session: Session,
  wanted: Parameters<typeof followEvents>[1],
  format: Format,
): Promise<number> {
  const { world, settings } = session;
  const { out, clock, signal } = world;
  const over = new AbortController();
  if (settings.timeout !== undefined) {
    clock.sleep(settings.timeout, AbortSignal.any([signal, over.signal])).then(
      () => over.abort(),
      () => {},
    );
  }
  try {
    await followEvents(await session.api('daemon'), wanted, {
      clock,
      signal: AbortSignal.any([signal, over.signal]),
      hear(event) {
        out.write(lineOf(session, format, event));
        if (out.closed) over.abort();
      },
      onLost(failure) {
        if (format.machine || settings.quiet) return;
        const reason = failure?.message ?? 'the daemon has ended the stream';
        world.err.write(`cloudctl: events are missing for now: ${escapeControls(reason)}; trying again\n`);
      },
    });
  } finally {
    over.abort();
  }
  return signal.aborted ? failures.interrupted.exit : 0;
}

function lineOf({ world }: Session, format: Format, event: DaemonEvent): string {
  if (format.machine) return `${escapeJson(JSON.stringify(event))}\n`;
  const { green, red, yellow } = colors(isFancy(world.out, world.env));
  const word = event.type.split('.').at(-1) ?? '';
  const paint = good.has(word) ? green : bad.test(word) ? red : yellow;
  const time = event.at?.replace(/\.\d+Z$/, 'Z') ?? '-'.padEnd(20);
  const type = paint(event.type) + ' '.repeat(Math.max(0, width - event.type.length));
  return `${escapeControls(time)}  ${type}  ${escapeControls(summaryOf(event.data))}\n`;
}

const width = 18;
const good = new Set(['up', 'done', 'resolved', 'verified']);
const bad = /^(down|firing|dead|missed|gone|disabled|.*failed)$/;
