import { setMaxListeners } from 'node:events';
import { streamSSE } from 'hono/streaming';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { AppTools, Asking } from '../environment.ts';
import { readListening, writeEvents } from './stream.ts';
import { createTail } from './tail.ts';

const most = 100;

/** Answers with a stream of events, a hundred listeners at the most. */
export function handleEvents(tools: AppTools): (c: Asking) => Response {
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
      try {
        await writeEvents(tools, tail, listening, stream);
      } catch (error) {
        tools.log.warn('events broken off', { request_id: c.get('requestId'), error: toFailure(error).message });
      } finally {
        listeners -= 1;
      }
    });
  };
}
