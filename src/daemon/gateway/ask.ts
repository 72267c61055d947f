import type { Match } from '../../core/access/operation.ts';
import type { Principal } from '../../core/access/principal.ts';
import { Failure } from '../../core/failure.ts';
import type { Asker, Upstream, Urgency } from './upstream/upstream.ts';
import type { View } from './view.ts';

/** One request of Hetzner's API, let in and read as far as it is known what it is. */
export interface Ask {
  readonly principal: Principal;
  readonly upstream: Upstream;
  readonly match: Match;
  readonly view: View;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body, not read yet. */
  readonly text: string;
  /** `Idempotency-Key`. */
  readonly key?: string;
  /** Nothing kept is good enough. */
  readonly fresh: boolean;
  readonly requestId: string;
  readonly address: string;
  readonly signal: AbortSignal;
}

/** What is answered; the body as it is sent, undefined where there is none. */
export interface Answer {
  readonly status: number;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** For whom Hetzner is asked. */
export function askerOf({ principal, signal }: Pick<Ask, 'principal' | 'signal'>, urgency: Urgency): Asker {
  return { tenant: principal.owner, urgency, signal };
}

/** The failure for what is not there or is hidden: nobody learns which of the two. */
export function notFound(what = 'resource'): Failure {
  return new Failure('not_found', `${what} not found`);
}
