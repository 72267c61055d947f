import { asObject } from '../../../core/hetzner/call.ts';
import type { Log } from '../../../core/log.ts';
import { openRedis } from '../../../core/queue/redis.ts';
import type { Clock } from '../../../core/world.ts';

export interface NeighboursOptions {
  /** Address of Redis. */
  readonly url: string;
  /** What the daemons of one store have in common, and no others. */
  readonly prefix: string;
  /** What this daemon is called among them. */
  readonly me: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** The other daemons of the store: they ask the same projects, and have pictures of their own. Where Redis is away they are not heard of, which is no error. */
export interface Neighbours {
  /** Tells them that collections of a project were changed. */
  tell(project: number, collections: readonly string[]): void;
  /** Has them know of this one; to be done again and again. */
  greet(): void;
  /** How many daemons there are, this one among them. */
  count(): number;
  /** What to do when one of them tells. */
  onTold(hear: (project: number, collections: readonly string[]) => void): void;
  close(): void;
}

interface Message {
  readonly from: string;
  readonly project?: number;
  readonly collections?: readonly string[];
}

/** Milliseconds after which one that has not greeted is gone. */
const remembered = 16_000;

// Whoever carries the jobs tells of outages already.
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Listens from now on. */
export async function openNeighbours({ url, prefix, me, clock }: NeighboursOptions): Promise<Neighbours> {
  const server = await openRedis(url, silent);
  const channel = `${prefix}:projects`;
  const listener = server.connect();
  const speaker = server.connect({ enableOfflineQueue: false });
  const seen = new Map<string, number>();
  let hear: (project: number, collections: readonly string[]) => void = () => {};

  listener.on('message', (_, text: string) => {
    const message = readMessage(text);
    if (!message || message.from === me) return;
    seen.set(message.from, clock.now());
    if (message.project !== undefined) hear(message.project, message.collections ?? []);
  });
  // It subscribes anew by itself whenever it is connected again.
  listener.subscribe(channel).catch(() => {});

  const say = (message: Omit<Message, 'from'>) => {
    speaker.publish(channel, JSON.stringify({ from: me, ...message })).catch(() => {});
  };

  return {
    tell: (project, collections) => say({ project, collections }),
    greet: () => say({}),
    count() {
      for (const [name, at] of seen) if (clock.now() - at > remembered) seen.delete(name);
      return 1 + seen.size;
    },
    onTold: next => {
      hear = next;
    },
    close() {
      listener.disconnect();
      speaker.disconnect();
    },
  };
}

/** The message in a text; undefined for one that no daemon has written. */
function readMessage(text: string): Message | undefined {
  try {
    const { from, project, collections } = asObject(JSON.parse(text));
    if (typeof from !== 'string') return undefined;
    if (project === undefined) return { from };
    const isWhole = typeof project === 'number' && Array.isArray(collections);
    return isWhole ? { from, project, collections: collections.map(String) } : undefined;
  } catch {
    return undefined;
  }
}
