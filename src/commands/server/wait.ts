import type { Api } from '../../core/api.ts';
import { formatDuration } from '../../core/config/values.ts';
import { Failure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { isGlob, select, type Target } from '../../core/find.ts';
import { apiExits, command, outputFields, targetFields } from '../command.ts';
import { failTogether } from '../fail-together.ts';
import { isFancy } from '../output/color.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { openProgress, type Progress } from '../output/progress.ts';
import { writeResults } from '../output/results.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { servers } from './find-server.ts';
import { type Condition, parseCondition } from './wait-conditions.ts';
import { lookAtServers, type Standing } from './wait-poll.ts';

const fields = {
  server: field('repeat', 'Servers, by name, id or pattern', {
    operand: 'many',
    refers: { resource: 'server', as: 'name' },
  }),
  for: field('repeat', 'status=<state>, locked=false, ssh (or ssh=<port>), action (none is running); all must hold', {
    default: ['status=running'],
    placeholder: 'condition',
  }),
  ...targetFields,
  ...outputFields,
};

type Given = Input<typeof fields>;

/** `server wait`: until servers have come to a state. */
export const wait = command({
  name: 'wait',
  summary: 'Wait until servers have come to a state, 10 minutes or --timeout at most',
  fields,
  targets: { operand: 'server', all: true },
  examples: [
    'cloudctl server wait web-1 --for status=off',
    'cloudctl server wait web-1 --for ssh --timeout 3m',
    "cloudctl server wait 'web-*' --for action --for status=running",
  ],
  exits: [...apiExits, 'not_found', 'partial'],
  run: waitForServers,
});

const patience = 600_000;

async function waitForServers(session: Session, input: Given): Promise<void> {
  const format = parseFormat({ ...input });
  const conditions = input.for.map(parseCondition);
  const api = await session.api();
  const targets = await selectServers(api, input);
  const standings = await poll(session, api, targets, conditions, format);
  const done = targets.map(one => {
    const standing = one.item && standings.get(one.item.id);
    return { ...one, ...standing, failure: one.failure ?? standing?.failure };
  });
  const several = isSeveral(input);
  const { out } = session.world;
  const results = done.map(({ target, item, server, failure }) => {
    const message = conditions.map(({ text }) => text).join(', ');
    return { target, id: item?.id, ok: !failure, message, value: server && { server }, error: failure };
  });
  if (several || input.output !== undefined || !session.settings.quiet) {
    await writeResults(out, format, results, { several, ...lookOf(session) });
  }
  failTogether('wait', done, { several });
}

async function selectServers(api: Api, { server = [], selector, all }: Given): Promise<Target[]> {
  if (server.length > 0 || selector !== undefined || all) return select(api, servers, { names: server, selector, all });
  throw new Failure('usage', 'missing <server>', { hint: 'Give names, ids or patterns, or -l <selector>' });
}

function isSeveral({ server = [] }: Given): boolean {
  return server.length !== 1 || server.some(isGlob);
}

/** How each server stands in the end; those for which time ran out have failed. */
async function poll(
  session: Session,
  api: Api,
  targets: readonly Target[],
  conditions: readonly Condition[],
  format: Format,
): Promise<ReadonlyMap<number, Standing>> {
  const { world, settings } = session;
  const timeout = settings.timeout ?? patience;
  const end = world.clock.now() + timeout;
  const names = new Map(targets.flatMap(({ target, item }) => (item ? [[item.id, target] as const] : [])));
  const ended = new Map<number, Standing>();
  const enabled = !format.machine && !settings.quiet;
  const progress = openProgress(world, { enabled, fancy: isFancy(world.err, world.env) });
  const tell = teller(progress);
  try {
    for (let pause = settings.pollInterval ?? 1000; ; pause = settings.pollInterval ?? Math.min(pause * 1.25, 5000)) {
      const pending = [...names.keys()].filter(id => !ended.has(id));
      if (pending.length === 0) return ended;
      const standings = await lookAtServers(session, api, pending, conditions);
      const waiting = new Map(pending.map((id, index) => [id, standings[index]!]));
      for (const [id, standing] of waiting) if (standing.missing.length === 0) ended.set(id, standing);
      for (const id of ended.keys()) waiting.delete(id);
      if (waiting.size === 0) return ended;
      tell(`Waiting for ${[...waiting.keys()].map(id => names.get(id)).join(', ')}`);
      const left = end - world.clock.now();
      // Nothing can be asked any more when the time is over.
      if (left > pause) await world.clock.sleep(pause, world.signal);
      else {
        for (const [id, standing] of waiting) {
          ended.set(id, { ...standing, failure: tooLate(names.get(id)!, standing, timeout) });
        }
      }
    }
  } finally {
    progress.done();
  }
}

/** Tells a sentence only when it is another than the last. */
function teller(progress: Progress): (sentence: string) => void {
  let last = '';
  return sentence => {
    if (sentence !== last) progress.update(sentence);
    last = sentence;
  };
}

function tooLate(name: string, { server, missing }: Standing, timeout: number): Failure {
  const now = `status ${server?.status}${server?.locked ? ', locked' : ''}`;
  return new Failure(
    'timeout',
    `server ${name} is not ${missing.join(', ')} after ${formatDuration(timeout)}: ${now}`,
    {
      hint: `cloudctl server describe ${name}`,
    },
  );
}
