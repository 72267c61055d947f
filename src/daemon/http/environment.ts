import type { HttpBindings } from '@hono/node-server';
import type { Bindings } from '../api/environment.ts';

/** What a request carries through the handlers. */
export interface HttpEnvironment {
  /** `via` is the listener's own: a peer that is gone has no address, and must not be taken for the socket's. */
  Bindings: HttpBindings & { readonly via: 'socket' | 'tcp' };
  Variables: {
    /** What is known of it before anybody is let in. */
    readonly request: Required<Bindings>;
  };
}
