import { createHash } from 'node:crypto';
import type { Queue as BullQueue, JobsOptions } from 'bullmq';
import type { Clock } from '../world.ts';
import type { Found } from './claim.ts';
import type { RedisServer } from './redis.ts';

/** What a message says: which row of the store to look at. */
export interface Message {
  readonly id: number;
}

/** Puts messages about jobs of the store into Redis. */
export interface Messages {
  readonly isReady: boolean;
  /** Puts them where Redis answers; never throws, since what is lost the store knows. */
  put(rows: readonly Announced[]): Promise<void>;
  close(): Promise<void>;
}

/** What of a job a message is made of. */
export type Announced = Pick<Found, 'id' | 'unique_key' | 'fence' | 'run_at'>;

/** The queue's name in Redis, after the prefix. */
export const messageQueue = 'jobs';

/** How long Redis may take for a command, in milliseconds. */
const patience = 5000;

/** Messages over a connection of their own, which fails at once while the server is away; `onReady` is called each time that it is there again. */
export async function openMessages(
  server: RedisServer,
  { prefix, clock, onReady }: { readonly prefix: string; readonly clock: Clock; readonly onReady: () => void },
): Promise<Messages> {
  const bull = await import('bullmq');
  const connection = server.connect({ enableOfflineQueue: false, commandTimeout: patience });
  connection.on('ready', onReady);
  let queue: BullQueue<Message> | undefined;
  const underWay = new Set<Promise<void>>();

  const add = async (rows: readonly Announced[]) => {
    if (connection.status !== 'ready') return;
    if (!queue) {
      queue = new bull.Queue<Message>(messageQueue, { connection, prefix });
      queue.on('error', server.failed);
    }
    try {
      const now = clock.now();
      await queue.addBulk(rows.map(row => ({ name: 'job', data: { id: row.id }, opts: optionsOf(row, now) })));
      server.answered();
    } catch (error) {
      server.failed(error);
      // One whose start was cut short never works again.
      queue = undefined;
    }
  };

  return {
    get isReady() {
      return connection.status === 'ready';
    },
    async put(rows) {
      if (rows.length === 0) return;
      const adding = add(rows);
      underWay.add(adding);
      await adding.finally(() => underWay.delete(adding));
    },
    async close() {
      await Promise.all(underWay);
      connection.disconnect();
    },
  };
}

/** The same message twice is one; with the fence, since the one that is being handled is there until its end. */
function optionsOf({ unique_key, fence, run_at }: Announced, now: number): JobsOptions {
  const hash = createHash('sha256').update(unique_key).digest('hex');
  return {
    jobId: `job-${hash}-${fence}`,
    delay: Math.max(0, run_at - now),
    removeOnComplete: true,
    removeOnFail: true,
  };
}
