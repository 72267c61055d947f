import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Tools } from '../tools.ts';
import type { Knock } from './identify.ts';
import type { Refusals } from './refusals.ts';
import type { Caller } from './service.ts';

/** What each request brings, beside itself. */
export interface Bindings {
  /** Which listener it came through; a request that does not say is taken for one from outside. */
  readonly via?: Knock['via'];
  readonly incoming?: IncomingMessage;
  /** Where it was known before; else made here. */
  readonly requestId?: string;
  readonly address?: string;
  /** Filled in for the access log: which route it took, and who asked. */
  readonly about?: { route?: string; caller?: string };
}

/** What a request carries. */
export type Env = { Bindings: Bindings; Variables: { requestId: string; caller: Caller } };

export type Asking = Context<Env>;

/** What the API works with. */
export type AppTools = Pick<Tools, 'store' | 'audit' | 'clock' | 'log' | 'hetzner' | 'signal'> & {
  readonly refusals: Refusals;
};
