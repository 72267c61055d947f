import type { MiddlewareHandler } from 'hono';
import { Failure } from '../../core/failure.ts';
import type { Env } from './environment.ts';

/** Refuses bodies of more than so many bytes, also where the length is not told first. */
export function limitBody(most: number): MiddlewareHandler<Env> {
  const tooLarge = () => new Failure('refused', `the body is larger than ${most} bytes`, { apiCode: 'invalid_input' });
  return async (c, next) => {
    const { raw } = c.req;
    const length = raw.headers.get('content-length');
    if (length !== null && !raw.headers.has('transfer-encoding')) {
      if (Number(length) > most) throw tooLarge();
    } else if (raw.body) {
      const body = await readUpTo(raw.body, most, tooLarge);
      // Made of its parts: a request of the Node server is not one that the platform's constructor takes.
      const { url, method, headers, signal } = raw;
      c.req.raw = new Request(url, { method, headers, signal, ...(body.length > 0 && { body }) });
    }
    await next();
  };
}

async function readUpTo(stream: ReadableStream<Uint8Array>, most: number, tooLarge: () => Failure) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
