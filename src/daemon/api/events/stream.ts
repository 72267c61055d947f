import type { SSEStreamingApi } from 'hono/streaming';
import type { ExpressionBuilder } from 'kysely';
import { Failure } from '../../../core/failure.ts';
import type { Tables } from '../../../core/store/tables.ts';
import type { Tools } from '../../tools.ts';
import type { Tail } from './tail.ts';

/** What a listener has asked for. */
export interface Listening {
  /** The last event that it has; undefined for those from now on. */
  readonly after?: number;
  /** In place of `after`: so many of the newest that there are. */
  readonly last?: number;
  /** It ends when everything there is was told. */
  readonly ends: boolean;
  /** Types of events, or `backup.*`; none is all. */
  readonly types: readonly string[];
}

/** Milliseconds after which a quiet stream says that it is there. */
const heartbeat = 15_000;
const atOnce = 100;

/** What a listener asks for, from its `Last-Event-ID` and the query; throws `refused` for what is no id and no type. */
export function readListening(header: string | undefined, params: URLSearchParams): Listening {
  const last = header ?? params.get('last_event_id') ?? undefined;
  if (last !== undefined && !/^\d{1,15}$/.test(last)) throw invalid('last_event_id', 'must be the id of an event');
  const types = params.getAll('type').flatMap(text => text.split(','));
  if (types.length > 50 || !types.every(type => /^[a-z][a-z.-]{0,99}\*?$/.test(type))) {
    throw invalid('type', 'must be types of events, such as backup.done or backup.*');
  }
  const newest = params.get('last') ?? undefined;
  if (newest !== undefined && !/^\d{1,6}$/.test(newest)) throw invalid('last', 'must be a number of events');
  const follow = params.get('follow') ?? 'true';
  if (follow !== 'true' && follow !== 'false') throw invalid('follow', 'must be true or false');
  const numbers = { after: numberOf(last), last: numberOf(newest) };
  return { ...numbers, ends: follow === 'false', types };
}

/** Writes events to a stream as they settle, each once and in order, until either side ends it. A slow reader is waited for: nothing is kept for it, it is read on from where it is. */
export async function writeEvents(
  tools: Pick<Tools, 'store' | 'clock' | 'signal'>,
  tail: Tail,
  { after, last, ends, types }: Listening,
  stream: SSEStreamingApi,
): Promise<void> {
  const { store, clock } = tools;
  const gone = new AbortController();
  const end = gone.signal;
  // Ends a write too that a slow reader holds up.
  const stop = () => stream.abort();
  tools.signal.addEventListener('abort', stop);
  stream.onAbort(() => gone.abort());
  const leave = await tail.join();
  try {
    const from =
      after ?? (last === undefined ? tail.settled() : await beforeNewest(store, last, tail.settled(), types));
    let cursor = Math.min(from, tail.settled());
    // Tells where it begins, so that who loses the connection before the first event can go on from there.
    await stream.write(`retry: 2000\nid: ${cursor}\n: listening\n\n`);
    if (after !== undefined && (after > cursor || (await isPruned(tools, after)))) {
      await stream.writeSSE({ event: 'missed', id: String(cursor), data: JSON.stringify({ after }) });
    }
    while (!end.aborted) {
      const until = tail.settled();
      const rows = await readEvents(store, { after: cursor, until, types });
      for (const { id, at, type, data } of rows) {
        if (end.aborted) return;
        const body = `{"at":${JSON.stringify(new Date(at).toISOString())},"type":${JSON.stringify(type)},"data":${data}}`;
        await stream.writeSSE({ id: String(id), event: type, data: body });
      }
      cursor = rows.length === atOnce ? rows.at(-1)!.id : until;
      if (rows.length === atOnce) continue;
      if (ends) return;
      if (await isQuiet(tail, cursor, clock, end)) await stream.write(`id: ${cursor}\n: still here\n\n`);
    }
  } finally {
    tools.signal.removeEventListener('abort', stop);
    leave();
  }
}

/** Waits for more; true when the heartbeat came first. */
async function isQuiet(tail: Tail, cursor: number, clock: Tools['clock'], end: AbortSignal): Promise<boolean> {
  const round = new AbortController();
  const stop = () => round.abort();
  end.addEventListener('abort', stop);
  const more = tail.beyond(cursor, round.signal).then(() => false);
  const quiet = clock.sleep(heartbeat, round.signal).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([more, quiet]);
  } finally {
    end.removeEventListener('abort', stop);
    stop();
  }
}

async function isPruned({ store }: Pick<Tools, 'store'>, after: number): Promise<boolean> {
  const oldest = await store.db.selectFrom('events').select('id').orderBy('id').limit(1).executeTakeFirst();
  return oldest !== undefined && oldest.id > after + 1;
}

/** Some events after one and up to another, of these types; types are lower-case letters, dots and dashes. */
function readEvents(
  { db }: Tools['store'],
  { after, until, types }: { readonly after: number; readonly until: number; readonly types: readonly string[] },
) {
  return db
    .selectFrom('events')
    .selectAll()
    .where('id', '>', after)
    .where('id', '<=', until)
    .$if(types.length > 0, events => events.where(isOf(types)))
    .orderBy('id')
    .limit(atOnce)
    .execute();
}

/** The id before the so many newest of these types, up to another. */
async function beforeNewest({ db }: Tools['store'], count: number, until: number, types: readonly string[]) {
  if (count === 0) return until;
  const first = await db
    .selectFrom('events')
    .select('id')
    .where('id', '<=', until)
    .$if(types.length > 0, events => events.where(isOf(types)))
    .orderBy('id', 'desc')
    .limit(1)
    .offset(count - 1)
    .executeTakeFirst();
  return first ? first.id - 1 : 0;
}

function isOf(types: readonly string[]) {
  return ({ eb, or, and }: ExpressionBuilder<Tables, 'events'>) =>
    or(
      types.map(type => {
        const start = type.slice(0, -1);
        return type.endsWith('*')
          ? and([eb('type', '>=', start), eb('type', '<', `${start}~`)])
          : eb('type', '=', type);
      }),
    );
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function invalid(name: string, message: string): Failure {
  return new Failure('refused', `invalid input in field '${name}': ${message}`, {
    apiCode: 'invalid_input',
    details: { fields: [{ name, messages: [message] }] },
  });
}
