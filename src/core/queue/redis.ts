import type { Redis, RedisOptions } from 'ioredis';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';

/** A server of Redis, which may come and go. */
export interface RedisServer {
  /** A connection that is kept up; its errors are listened to. */
  connect(options?: RedisOptions): Redis;
  /** Notes an error of a connection: the first of an outage is logged, an answer ends it. */
  failed(error: unknown): void;
  answered(): void;
  /** Notes what is wrong with single messages, such as that somebody else has removed one. */
  complained(error: unknown): void;
}

/** The server of a URL, to which nothing is connected yet; `away` and `back` are what the log says of an outage. Throws `usage` for a URL that is none. */
export async function openRedis(
  url: string,
  log: Log,
  away = 'redis does not answer: jobs are taken from the store',
  back = 'redis answers again',
): Promise<RedisServer> {
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    throw new Failure('usage', 'the address of Redis is no URL of it', { hint: 'redis://host:6379 or rediss://...' });
  }
  const { Redis } = await import('ioredis');
  let isOut = false;
  const failed = (error: unknown) => {
    if (isOut) return;
    isOut = true;
    log.warn(away, { error: kindOf(error) });
  };
  const answered = () => {
    if (isOut) log.info(back);
    isOut = false;
  };
  return {
    connect(options = {}) {
      const connection = new Redis(url, {
        // BullMQ's commands wait for the connection as long as it takes.
        maxRetriesPerRequest: null,
        connectTimeout: 5000,
        keepAlive: 10_000,
        retryStrategy: times => Math.min(times * 100, 2000),
        ...options,
      });
      connection.on('error', failed);
      connection.on('ready', answered);
      return connection;
    },
    failed,
    answered,
    complained: error => log.debug('redis has a fault with a message', { error: kindOf(error) }),
  };
}

/** Not what it says: that may hold the address with its password. */
function kindOf(error: unknown): unknown {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return code ?? name;
}
