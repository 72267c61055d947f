import type { Query, SentEvent, TellingApi } from '../api.ts';
import { Failure, failures, toFailure } from '../failure.ts';
import type { Clock } from '../world.ts';

/** Something that happened. */
export interface DaemonEvent {
  /** Later ones have higher ids. */
  readonly id: number;
  /** RFC 3339; absent of `missed`. */
  readonly at?: string;
  /** Such as `backup.done`; `missed` says that there were some before it that are gone. */
  readonly type: string;
  readonly data: unknown;
}

/** Which events, and from where. */
export interface Wanted {
  readonly types: readonly string[];
  /** Those after this id, else the so many newest. */
  readonly after?: number;
  readonly last?: number;
}

export interface Follower {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly hear: (event: DaemonEvent) => void;
  /** Told once for each time that the stream is lost, before it is tried again; not of one that the daemon has ended and that goes on at the first try, as when the time of an access token was up. */
  readonly onLost: (failure: Failure | undefined) => void;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

const path = 'events';
const [shortest, longest] = [1_000, 30_000];

/** The events there are, the oldest first. */
export async function readEvents(api: TellingApi, { types, after, last }: Wanted, signal: AbortSignal) {
  const events: DaemonEvent[] = [];
  const hear = (sent: SentEvent) => void events.push(...eventOf(sent));
  const query = { type: types, last: after === undefined ? last : undefined, follow: false };
  await api.listen(path, query, { after: after?.toString(), hear, signal });
  return events;
}

/** Hears what happens until the signal comes. A stream that is lost is gone on with where it was, for as long as that takes; rejects when there was none at first, or when the daemon refuses it. */
export async function followEvents(
  api: TellingApi,
  { types, last, ...wanted }: Wanted,
  { clock, signal, hear, onLost, random = Math.random }: Follower,
): Promise<void> {
  let after = wanted.after?.toString();
  let wasOpen = false;
  let isLost = false;
  let tries = 0;
  const take = (sent: SentEvent) => {
    wasOpen = true;
    isLost = false;
    tries = 0;
    for (const event of eventOf(sent)) hear(event);
    // Not before it was heard: else it would be lost with whoever hears it.
    if (sent.id !== undefined) after = sent.id;
  };
  while (!signal.aborted) {
    const query: Query = { type: types, last: after === undefined ? last : undefined };
    const fault = await api.listen(path, query, { after, hear: take, signal }).then(() => undefined, toFailure);
    if (signal.aborted) return;
    if (fault && !(wasOpen && failures[fault.code].again)) throw fault;
    if (!isLost && (fault || tries > 0)) {
      onLost(fault);
      isLost = true;
    }
    const pause = Math.min(longest, shortest * 2 ** tries) * (0.5 + random() / 2);
    tries += 1;
    await clock.sleep(pause, signal).catch(() => {});
  }
}

function eventOf({ id, event, data }: SentEvent): DaemonEvent[] {
  if (data === undefined) return [];
  const told = parse(data);
  if (event === 'missed') return [{ id: Number(id), type: event, data: told }];
  return [{ id: Number(id), ...(told as Omit<DaemonEvent, 'id'>) }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('unreachable', 'the daemon told of an event in words that are not JSON', { cause });
  }
}
