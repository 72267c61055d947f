import type { Fields, Input } from '../field.ts';
import type { HttpRequest } from '../world.ts';
import type { Message } from './message.ts';

/** A way to tell someone. Its settings are declared, so the CLI, the docs and the API need nothing more. */
export interface Channel<F extends Fields = Fields> {
  readonly name: string;
  readonly summary: string;
  readonly settings: F;
  /** Throws `usage` for settings that are of the right types and make no sense. */
  check?(settings: Input<F>): void;
  /** Resolves when the other side has taken it; throws a Failure whose code says whether to try again, with `{ retryAfter }` (milliseconds) in its details where the other side says when, and the API code `gone` when it is never to be tried again. */
  send(message: Message, settings: Input<F>, tools: SendTools): Promise<void>;
}

/** What a channel sends with. */
export interface SendTools {
  /** One request to an address that a user gave, which must not be within the host's own networks; resolves when it was answered with 2xx. */
  readonly post: (request: Posting) => Promise<void>;
  /** The address of a host that may be connected to; throws `refused` for one within the host's own networks. */
  readonly resolve: (host: string) => Promise<string>;
  readonly hook: (name: string, variables: Readonly<Record<string, string>>) => Promise<void>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds that all of it may take, where it is not what is usual. */
  readonly timeout?: number;
}

/** A request of a channel; `POST` of JSON where nothing else is said. */
export type Posting = Pick<HttpRequest, 'url'> & {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: HttpRequest['headers'];
  readonly body: string;
};

/** Declares a channel; the settings' types fix those of its input. */
export function channel<const F extends Fields>(declared: Channel<F>): Channel<F> {
  return declared;
}

/** A posting of a value as JSON. */
export function json(url: string | URL, value: unknown, headers: HttpRequest['headers'] = {}): Posting {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { url: new URL(url), headers: { ...type, ...headers }, body: JSON.stringify(value) };
}
