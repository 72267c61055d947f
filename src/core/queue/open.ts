import { Failure } from '../failure.ts';
import type { Queue } from './queue.ts';
import type { QueueOptions } from './store.ts';

/** Where the queue's messages go, if anywhere. */
export interface RedisOptions {
  /** `redis://` or `rediss://`; without it the store alone carries the jobs. */
  readonly redis?: string;
  /** Begins every key in Redis; default `cloudctl`. */
  readonly prefix?: string;
}

/** The queue on the store, with messages through Redis where a URL of it is given; throws `usage` for one that is none. */
export async function openQueue({ redis, prefix, ...options }: QueueOptions & RedisOptions): Promise<Queue> {
  if (redis === undefined) return (await import('./store.ts')).openStoreQueue(options);
  if (options.takeOver) throw new Failure('usage', 'with Redis several daemons may work: none may take over all jobs');
  return (await import('./bullmq.ts')).openBullQueue({ ...options, redis, prefix });
}
