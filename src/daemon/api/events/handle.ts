import { setMaxListeners } from 'node:events';
import { streamSSE } from 'hono/streaming';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { AppTools, Asking } from '../environment.ts';
import { readListening, writeEvents } from './stream.ts';
import { createTail } from './tail.ts';

const most = 100;
/** Milliseconds between two looks at whether a listener would still be let in. */
const interval = 2_000;

/** Answers with a stream of events, a hundred listeners at the most; it ends when `requireStill` rejects for its listener, within two seconds. */
export function handleEvents(tools: AppTools, requireStill: (c: Asking) => Promise<void>): (c: Asking) => Response {
  // Every listener listens to it.
  setMaxListeners(0, tools.signal);
  const tail = createTail(tools);
  let listeners = 0;
  return c => {
    const listening = readListening(c.req.header('last-event-id'), new URL(c.req.url).searchParams);
    if (listeners >= most) throw new Failure('limited', `${most} are listening already`);
    listeners += 1;
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async stream => {
      const left = new AbortController();
      watch(tools.clock, left.signal, () => requireStill(c)).catch(error => {
        if (left.signal.aborted) return;
        tools.log.info('events ended', { request_id: c.get('requestId'), reason: toFailure(error).message });
        stream.abort();
      });
      try {
        await writeEvents(tools, tail, listening, stream);
      } catch (error) {
        tools.log.warn('events broken off', { request_id: c.get('requestId'), error: toFailure(error).message });
      } finally {
        left.abort();
        listeners -= 1;
      }
    });
  };
}

/** Looks again and again; rejects when a look does, or the signal comes. A stream to which nothing is written, or whose reader does not read, is watched as any other. */
async function watch(clock: AppTools['clock'], signal: AbortSignal, look: () => Promise<void>): Promise<never> {
  for (;;) {
    await clock.sleep(interval, signal);
    await look();
  }
}
