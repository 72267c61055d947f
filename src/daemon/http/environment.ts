import type { HttpBindings } from '@hono/node-server';
import type { Caller } from '../api/service.ts';

/** What a request carries through the handlers. */
export interface HttpEnvironment {
  Bindings: HttpBindings;
  Variables: {
    readonly requestId: string;
    /** Where it came from: an address, or `socket`. */
    readonly address: string;
    /** Undefined for somebody unknown, who gets only the health. */
    readonly caller: Caller | undefined;
  };
}
