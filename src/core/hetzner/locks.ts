import type { Action } from '../api.ts';
import { type Failure, toFailure } from '../failure.ts';
import type { Clock } from '../world.ts';
import { asObject, type Call, type Send } from './call.ts';
import { rest } from './exchange.ts';

/** What waiting for a lock needs. */
export interface LockOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Resolves when all have ended, rejects as `Api.wait` does; no later than `deadline`. */
  readonly wait: (actions: readonly Action[], deadline: number) => Promise<void>;
}

/** The keys of a body that name further resources which may be the locked one. */
const references: Readonly<Record<string, string>> = {
  server: 'servers',
  volume: 'volumes',
  volumes: 'volumes',
  network: 'networks',
  networks: 'networks',
  assignee_id: 'servers',
};

const rounds = 6;

/** Waits until what runs on the resources of a locked call has ended, or a moment when nothing is seen to run; false when that was done often enough. */
export function createUnlock({ send, clock, signal, wait }: LockOptions) {
  async function running(item: string): Promise<Action[]> {
    try {
      const { body } = await send({ method: 'GET', path: `${item}/actions`, query: { status: 'running' } });
      return (asObject(body).actions ?? []) as Action[];
    } catch (error) {
      const failure = toFailure(error);
      // An item of another kind, or that is gone by now, has nothing to wait for.
      if (failure.code === 'not_found' || failure.code === 'refused') return [];
      throw failure;
    }
  }

  return async (call: Call, round: number, deadline: number): Promise<boolean> => {
    const found = await Promise.all(itemsOf(call).map(running));
    const actions = [...new Map(found.flat().map(action => [action.id, action])).values()];
    if (actions.length > 0) return ended(wait(actions, deadline));
    const pause = 1000 * 2 ** (round - 1);
    if (round > rounds || clock.now() + pause > deadline) return false;
    await rest(clock, pause, signal);
    return true;
  };
}

/** Paths of the items that a call works on: the one it is sent to, and those its body names by id. */
export function itemsOf({ path, body }: Call): string[] {
  const [collection, id] = path.split('/');
  const named = Object.entries(asObject(body)).flatMap(([key, value]) => {
    const ids = (Array.isArray(value) ? value : [value]).filter(one => Number.isSafeInteger(one));
    return references[key] ? ids.map(one => `${references[key]}/${one}`) : [];
  });
  return [...new Set([...(id ? [`${collection}/${id}`] : []), ...named])];
}

/** How the other action ended does not matter here. */
async function ended(waiting: Promise<void>): Promise<boolean> {
  try {
    await waiting;
    return true;
  } catch (error) {
    const { code }: Failure = toFailure(error);
    if (code === 'refused') return true;
    if (code === 'timeout') return false;
    throw error;
  }
}
