import type { Api } from '../api.ts';
import { Failure, toFailure } from '../failure.ts';
import type { Server } from '../hetzner/types.ts';
import type { Outcome } from '../resource.ts';
import { call } from '../verbs.ts';
import { isOutOfStock, outOfStock } from './attempts.ts';
import { createBody } from './body.ts';
import { followUpSteps, takeSteps } from './steps.ts';
import { type Attempt, describeAttempt, type Wish } from './wish.ts';

/** What making a server answers; `root_password` is told once and only where no key was given. */
export interface Made {
  readonly server: Server;
  readonly root_password: string | null;
}

/** Creates the server by the first attempt that finds stock; protection and backups are left as `next`. `tell` hears of each attempt that failed for want of stock. */
export async function makeServer(
  api: Api,
  name: string,
  wish: Wish,
  attempts: readonly Attempt[],
  tell: (message: string) => void,
): Promise<Outcome> {
  const failed: { attempt: Attempt; failure: Failure }[] = [];
  for (const [index, attempt] of attempts.entries()) {
    try {
      return await post(api, name, wish, attempt);
    } catch (error) {
      const failure = toFailure(error);
      if (!isOutOfStock(failure)) throw error;
      failed.push({ attempt, failure });
      const next = attempts[index + 1];
      if (next) tell(`${name}: no ${describeAttempt(attempt)} (${failure.message}), trying ${describeAttempt(next)}`);
    }
  }
  throw outOfStock(failed, wish.types);
}

async function post(api: Api, name: string, wish: Wish, attempt: Attempt): Promise<Outcome> {
  const { value, actions } = await call(api, 'POST', 'servers', createBody(name, wish, attempt));
  const { server, root_password = null } = (value ?? {}) as Partial<Made>;
  if (!server) {
    throw new Failure('unreachable', `the answer to the create of server ${name} has no 'server'`, { ambiguous: true });
  }
  const steps = followUpSteps(wish, server.id);
  const next = steps.length > 0 ? () => takeSteps(api, steps) : undefined;
  return { value: { server, root_password } satisfies Made, actions, next };
}

/** True when the name is taken. */
export function isTaken(failure: Failure): boolean {
  return failure.apiCode === 'uniqueness_error';
}
