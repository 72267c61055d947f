import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../world.ts';
import { type Message, messageQueue } from './messages.ts';
import { createNap } from './nap.ts';
import type { RedisServer } from './redis.ts';

/** Milliseconds until a worker that has ended by a fault is replaced, and until one that does not end is left. */
const patience = 5000;

/** Hands the messages that come to `handle`, at most `concurrency` at a time, until the function it returns is called, which waits for those under way. Goes on by itself after an outage. */
export function carryMessages(
  server: RedisServer,
  options: { readonly prefix: string; readonly concurrency: number; readonly clock: Clock },
  handle: (id: number) => Promise<void>,
): () => Promise<void> {
  const { prefix, concurrency, clock } = options;
  const nap = createNap(clock);
  const underWay = new Set<Promise<void>>();
  let isStopping = false;
  let current: { readonly worker: Worker<Message>; readonly connection: Redis } | undefined;

  const receive = ({ data: { id } }: { readonly data: Message }) => {
    const handling = handle(id);
    underWay.add(handling);
    return handling.finally(() => underWay.delete(handling));
  };

  const carryOnce = async () => {
    const { Worker } = await import('bullmq');
    if (isStopping) return;
    const connection = server.connect();
    const worker = new Worker<Message>(messageQueue, receive, {
      connection,
      prefix,
      concurrency,
      autorun: false,
      runRetryDelay: 1000,
    });
    // Those of the connection are noted there too.
    worker.on('error', server.complained);
    current = { worker, connection };
    try {
      await worker.run();
    } finally {
      if (!isStopping) await end(current, true);
    }
  };

  const carry = async () => {
    while (!isStopping) {
      await carryOnce().catch(server.failed);
      if (!isStopping) await nap.rest(patience);
    }
  };
  void carry();

  /** Where the server is away, BullMQ waits for it for ever: then it is left. */
  const end = async ({ worker, connection }: NonNullable<typeof current>, byForce: boolean) => {
    const closed = new AbortController();
    const closing = worker.close(byForce).finally(() => closed.abort());
    await Promise.race([closing, clock.sleep(patience, closed.signal)]).catch(() => {});
    connection.disconnect();
  };

  return async () => {
    isStopping = true;
    nap.wake();
    if (!current) return;
    await current.worker.pause(true);
    await Promise.allSettled(underWay);
    await end(current, current.connection.status !== 'ready');
  };
}
