import { collect } from '../../../core/api.ts';
import { Failure, type FailureCode, toFailure } from '../../../core/failure.ts';
import { hetznerApi } from '../../../core/hetzner/client.ts';
import { createExchange } from '../../../core/hetzner/exchange.ts';
import type { Item } from '../../../core/resource.ts';
import { userAgent } from '../../../core/version.ts';
import type { Clock, Transport } from '../../../core/world.ts';
import { probeUpstream } from '../../service/upstream.ts';
import type { Asker, Upstream } from './upstream.ts';

/** A token that is to be used, and for what. */
export interface Candidate {
  readonly token: string;
  readonly endpoint: string;
}

export interface CheckOptions {
  readonly http: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Milliseconds for one request: somebody waits. */
const httpTimeout = 10_000;

/** What most projects have something of; ids are given once in all of Hetzner, so that one in common tells the project. */
const telling = ['servers', 'ssh_keys', 'volumes', 'networks', 'firewalls', 'primary_ips'] as const;

const asker: Asker = { tenant: 'daemon', urgency: 'read' };

const faults: Readonly<Record<string, readonly [FailureCode, string]>> = {
  invalid: ['refused', 'Give a token of the project, or --no-check'],
  'read-only': ['refused', 'Give one that may read and write, or --no-check where it is only to be looked at'],
  unreachable: ['unreachable', 'Try again, or use --no-check'],
};

/** Resolves when the token may read and write; throws a Failure that says what it may not. */
export async function requireGoodToken({ token, endpoint }: Candidate, options: CheckOptions): Promise<void> {
  const send = createExchange({
    ...{ endpoint: new URL(endpoint), token, userAgent, httpTimeout, onSkew: () => {} },
    ...options,
  });
  const { state, reason } = await probeUpstream(call => send({ ...call, signal: options.signal }));
  if (state === 'ok') return;
  const [code, hint] = faults[state] ?? ['unreachable', 'Try again'];
  const what = state === 'read-only' ? 'the token may only read' : `the token cannot be used: ${reason}`;
  throw new Failure(code, what, { hint, apiCode: state === 'unreachable' ? undefined : 'token_not_usable' });
}

/** Whether the token is for the project: true or false where something is in it, undefined where nothing tells, such as when the project cannot be read any more. */
export async function isFor(
  { token, endpoint }: Candidate,
  project: Upstream,
  options: CheckOptions,
): Promise<boolean | undefined> {
  if (project.project.endpoint !== endpoint) return false;
  const api = hetznerApi({ endpoint, token, userAgent, httpTimeout, patience: httpTimeout, ...options });
  for (const collection of telling) {
    const known = await project.reader.all(collection, asker).catch(error => {
      // A project whose own token is not good any more is why there is a new one.
      if (['unauthorized', 'forbidden'].includes(toFailure(error).code)) return undefined;
      throw error;
    });
    if (!known) return undefined;
    const found = await collect(api.list<Item>(collection));
    if (found.length === 0 && known.items.length === 0) continue;
    return found.some(({ id }) => known.byId.has(id));
  }
  return undefined;
}
