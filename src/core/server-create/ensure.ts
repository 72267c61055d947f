import { type Action, type Api, collect } from '../api.ts';
import { Failure, toFailure } from '../failure.ts';
import type { Server } from '../hetzner/types.ts';
import type { Outcome } from '../resource.ts';
import { describeDifference, differencesOf } from './compare.ts';
import { findServer } from './look-up.ts';
import { isTaken, type Made, makeServer } from './make.ts';
import { missingSteps, type Step, takeSteps } from './steps.ts';
import type { Attempt, Wish } from './wish.ts';

/** What ensuring a server came to. */
export interface Ensured extends Made {
  readonly result: 'created' | 'changed' | 'unchanged';
  /** What was brought to a server that existed: `labels`, `backups`. */
  readonly changes: readonly string[];
}

export interface EnsureOptions {
  readonly attempts: readonly Attempt[];
  /** The server as it was seen when names were looked up. */
  readonly existing?: Server;
  /** Resolves when the actions have ended, however. */
  readonly wait: (actions: readonly Action[]) => Promise<void>;
  readonly tell: (message: string) => void;
}

/** Two runs at once can each find the name free, and what exists can be deleted meanwhile. */
const rounds = 3;

/** One server of that name, complete: it is created, or what exists is waited for and completed; throws `refused` when what exists differs for good. The outcome's value is an `Ensured`. */
export async function ensureServer(api: Api, name: string, wish: Wish, options: EnsureOptions): Promise<Outcome> {
  let taken: Failure | undefined;
  for (let round = 0; round < rounds; round += 1) {
    const seen = round === 0 ? options.existing : await findServer(api, name);
    const server = seen && (await settle(api, seen, wish, options.wait));
    if (server) return complete(api, server, wish);
    try {
      const made = await makeServer(api, name, wish, options.attempts, options.tell);
      return { ...made, value: { ...(made.value as Made), result: 'created', changes: [] } satisfies Ensured };
    } catch (error) {
      const failure = toFailure(error);
      if (!isTaken(failure)) throw error;
      taken = failure;
    }
  }
  throw taken ?? new Failure('conflict', `server ${name} was deleted again and again`);
}

/** What would be sent to a server that exists; throws `refused` when it differs for good. */
export function completion(server: Server, wish: Wish): Step[] {
  const differences = differencesOf(server, wish);
  if (differences.length === 0) return missingSteps(server, wish);
  const told = differences.map(describeDifference).join('; ');
  throw new Failure('refused', `server ${server.name} exists and is not as wanted: ${told}`, {
    hint: 'Give what it is, another name, or change the server itself',
    details: { differences },
  });
}

async function complete(api: Api, server: Server, wish: Wish): Promise<Outcome> {
  const steps = completion(server, wish);
  const outcome = await takeSteps(api, steps);
  const value: Ensured = {
    server,
    root_password: null,
    result: steps.length > 0 ? 'changed' : 'unchanged',
    changes: steps.map(({ what }) => what),
  };
  return { ...outcome, value };
}

/** The server once nothing is being done to it that may bring what it lacks; undefined when it is gone by then. */
async function settle(api: Api, seen: Server, wish: Wish, wait: EnsureOptions['wait']): Promise<Server | undefined> {
  const calm = ['running', 'off'].includes(seen.status) && !seen.locked;
  if (calm && completion(seen, wish).length === 0) return seen;
  try {
    const actions = await collect<Action>(api.list(`servers/${seen.id}/actions`, { status: 'running' }));
    if (actions.length === 0 && calm) return seen;
    // A failed action leaves something that is missing, and that is looked for next.
    await wait(actions);
    const { server } = await api.send<{ server: Server }>('GET', `servers/${seen.id}`);
    return server;
  } catch (error) {
    if (toFailure(error).code === 'not_found') return undefined;
    throw error;
  }
}
