import { Failure, toFailure } from '../failure.ts';
import type { Clock } from '../world.ts';
import { type Account, readAccount } from './account.ts';
import type { PendingSignIn } from './pending.ts';
import { authenticate, authorizeDevice, grants, type ProblemDetails, type Workos } from './workos.ts';

interface Waiting {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const timeout = 10_000;
/** What WorkOS asks for where it names no interval, in milliseconds. */
const usualInterval = 5_000;
const longestPause = 60_000;

/** Begins a sign-in; throws `usage` for a client that may not, `unreachable` for an answer that is none. */
export async function beginSignIn(workos: Workos, { clock, signal }: Waiting): Promise<PendingSignIn> {
  const answer = await authorizeDevice(workos, { timeout, signal }).catch(error => {
    throw explainBeginning(toFailure(error), workos);
  });
  const { device_code: deviceCode, user_code: userCode, verification_uri: verificationUri } = answer;
  const { verification_uri_complete: complete, expires_in: lifetime, interval } = answer;
  if (!isText(deviceCode) || !isText(userCode) || !isText(verificationUri) || !isSeconds(lifetime)) {
    throw new Failure('unreachable', `${new URL(workos.endpoint).host} did not answer as WorkOS`);
  }
  return {
    endpoint: workos.endpoint,
    clientId: workos.clientId,
    deviceCode,
    userCode,
    verificationUri,
    ...(isText(complete) && { verificationUriComplete: complete }),
    expiresAt: clock.now() + lifetime * 1000,
    interval: isSeconds(interval) ? interval * 1000 : usualInterval,
  };
}

/** Asks until the person has answered; throws `unauthorized` when they said no or the code has expired. Time is counted by what was waited, so that a clock that jumps does no harm. */
export async function awaitSignIn(workos: Workos, begun: PendingSignIn, waiting: Waiting): Promise<Account> {
  const { clock, signal } = waiting;
  let left = begun.expiresAt - clock.now();
  let pause: Pause = { interval: begun.interval, next: begun.interval };
  for (;;) {
    if (pause.next > left) throw expired();
    await clock.sleep(pause.next, signal);
    left -= pause.next;
    try {
      const form = { grant_type: grants.device, device_code: begun.deviceCode };
      const answer = await authenticate(workos, form, { timeout, signal });
      return readAccount(answer, workos, clock.now());
    } catch (error) {
      pause = pauseAfter(toFailure(error), pause);
    }
  }
}

/** Milliseconds between two questions for the rest of the sign-in, and until the next one. */
export interface Pause {
  readonly interval: number;
  readonly next: number;
}

/** How long to wait before asking again; throws the Failure to end with. */
export function pauseAfter(failure: Failure, { interval, next }: Pause): Pause {
  const { apiCode, code } = failure;
  if (apiCode === 'authorization_pending') return { interval, next: interval };
  if (apiCode === 'slow_down') return { interval: interval + 5_000, next: interval + 5_000 };
  if (code === 'limited') {
    const { retryAfter = 0 } = (failure.details ?? {}) as ProblemDetails;
    return { interval, next: Math.max(interval, retryAfter * 1000) };
  }
  // The reply to a sign-in that went well may be lost too; asking again then says that the code was used.
  if (code === 'unreachable' || code === 'timeout') {
    return { interval, next: Math.max(interval, Math.min(2 * next, longestPause)) };
  }
  throw explainEnd(failure);
}

function explainEnd(failure: Failure): Failure {
  const { apiCode } = failure;
  if (apiCode === 'expired_token') return expired();
  if (apiCode === 'access_denied') {
    return new Failure('unauthorized', 'the sign-in was denied', { apiCode, hint: 'cloudctl login' });
  }
  if (apiCode === 'invalid_grant') {
    return new Failure('unauthorized', 'the code is not known any more, or was used already', {
      apiCode,
      hint: 'cloudctl login',
    });
  }
  return failure;
}

function explainBeginning(failure: Failure, { clientId, endpoint }: Workos): Failure {
  const { apiCode } = failure;
  if (apiCode === 'invalid_client') {
    return new Failure('usage', `client id not known at ${new URL(endpoint).host}: ${clientId}`, {
      apiCode,
      hint: 'Check --client-id or CLOUDCTL_WORKOS_CLIENT_ID: it is in the dashboard of WorkOS',
    });
  }
  if (apiCode === 'access_denied') {
    return new Failure('forbidden', `sign-in by code is not enabled for client ${clientId}`, {
      apiCode,
      hint: 'Its administrator enables CLI Auth in the dashboard of WorkOS',
    });
  }
  return failure;
}

function expired(): Failure {
  return new Failure('unauthorized', 'the code has expired before the sign-in was approved', {
    hint: 'cloudctl login',
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 86_400;
}
