import type { HttpBindings } from '@hono/node-server';
import type { Bindings } from '../api/environment.ts';

/** What a request carries through the handlers. */
export interface HttpEnvironment {
  Bindings: HttpBindings;
  Variables: {
    /** What is known of it before anybody is let in. */
    readonly request: Required<Bindings>;
  };
}
