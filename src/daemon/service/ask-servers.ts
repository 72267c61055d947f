import { Failure } from '../../core/failure.ts';

const patience = 5_000;

/** Resolves when the database answers and lets this user in; rejects with what it says. */
export async function askMysql(url: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url, connectTimeout: patience });
  try {
    await connection.query('SELECT 1');
  } finally {
    await connection.end();
  }
}

/** Resolves when Redis answers a ping; rejects with what it says. */
export async function askRedis(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: patience,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // It tells of a failed connection by an event, and by the rejection without the reason.
  let fault: Error | undefined;
  redis.on('error', error => {
    fault = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new Failure('unreachable', (fault ?? (error as Error)).message, { cause: error });
  } finally {
    redis.disconnect();
  }
}
