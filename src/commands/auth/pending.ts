import type { PendingSignIn } from '../../core/auth/pending.ts';
import { put, type Secrets } from '../../core/auth/secrets.ts';
import { Failure } from '../../core/failure.ts';

/** The secrets with one more sign-in that waits, and without those whose time is over. */
export function addPending(secrets: Secrets, begun: PendingSignIn, now: number): Secrets {
  const live = [...secrets.signIns].filter(([, { expiresAt }]) => expiresAt > now);
  return put({ ...secrets, signIns: new Map(live) }, 'signIns', begun.userCode, begun);
}

/** The sign-in of that code, or the one begun last; throws `not_found` where none waits. */
export function findPending({ signIns }: Secrets, code: string | undefined): PendingSignIn {
  const found = code === undefined ? [...signIns.values()].at(-1) : signIns.get(code);
  if (found) return found;
  throw new Failure('not_found', code === undefined ? 'no sign-in waits here' : `no sign-in waits for code ${code}`, {
    hint: 'cloudctl login --json',
  });
}
