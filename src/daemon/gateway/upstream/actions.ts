import type { Action } from '../../../core/api.ts';
import { chunk } from '../../../core/hetzner/ask.ts';
import { asObject, type Send } from '../../../core/hetzner/call.ts';
import { createPoller, hasEnded, type Watch } from '../../../core/hetzner/poller.ts';
import type { Clock } from '../../../core/world.ts';
import { changedOf } from './collections.ts';
import { unless } from './unless.ts';
import type { ActionWatch, Asker, Urgency } from './upstream.ts';

export interface ActionWatchOptions {
  /** Makes one call for the asker. */
  readonly sendFor: (asker: Asker) => Send;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly touch: (collections: readonly string[]) => Promise<void>;
}

interface Known {
  readonly action: Action;
  readonly at: number;
}

/** Ids that will be asked for together. */
interface Gathered {
  readonly ids: Set<number>;
  readonly tenant: string;
  readonly urgency: Urgency;
  done: Promise<void>;
}

/** How long what is known of a running action is good enough, in milliseconds. */
const fresh = 1_000;
/** And how long while Hetzner cannot be asked: clients give up their wait at the first poll that fails. */
const enough = 30_000;
/** An action is polled so long at most: what runs for a day has been given up. */
const longest = 86_400_000;
/** Milliseconds until an action is polled again after polling has failed. */
const rest = 5_000;
/** Actions that are remembered, ended ones too, for those who ask late. */
const most = 10_000;

const ourselves: Asker = { tenant: 'daemon', urgency: 'background' };

/** Nothing is known and nothing followed at first. */
export function createActionWatch({ sendFor, clock, signal, touch }: ActionWatchOptions): ActionWatch {
  const known = new Map<number, Known>();
  const followed = new Set<number>();
  let gathered: Gathered | undefined;
  let underWay: Promise<void> = Promise.resolve();
  /** Resolves when other daemons know of what has ended. */
  let touched: Promise<void> = Promise.resolve();

  function note(actions: readonly Action[]): void {
    const at = clock.now();
    for (const action of actions) {
      const before = known.get(action.id);
      // Answers may overtake each other; what has ended stays ended.
      if (before && hasEnded(before.action)) continue;
      known.delete(action.id);
      known.set(action.id, { action, at });
      if (hasEnded(action)) touched = touch(changedOf(action));
    }
    for (const id of known.keys()) {
      if (known.size <= most) break;
      known.delete(id);
    }
  }

  const isGood = (id: number, age = fresh): boolean => {
    const one = known.get(id);
    return one !== undefined && (hasEnded(one.action) || clock.now() - one.at <= age);
  };

  async function askSome(ids: readonly number[], asker: Asker): Promise<void> {
    const { body } = await sendFor(asker)({ method: 'GET', path: 'actions', query: { id: ids } });
    const found = (asObject(body).actions ?? []) as Action[];
    note(found);
    for (const id of ids) if (!found.some(action => action.id === id)) known.delete(id);
  }

  async function askAll({ ids, tenant, urgency }: Gathered): Promise<void> {
    const wanted = [...ids].filter(id => !isGood(id));
    const parts = Array.from({ length: Math.ceil(wanted.length / chunk) }, (_, index) =>
      wanted.slice(index * chunk, (index + 1) * chunk),
    );
    await Promise.all(parts.map(part => askSome(part, { tenant, urgency })));
  }

  /** Asks together with all who come before the asking that is under way has ended, as urgently as the first of them. */
  function gather(ids: readonly number[], { tenant, urgency }: Asker): Promise<void> {
    if (gathered?.urgency !== urgency) {
      const mine: Gathered = { ids: new Set(), tenant, urgency, done: Promise.resolve() };
      mine.done = underWay.then(() => {
        if (gathered === mine) gathered = undefined;
        const work = askAll(mine);
        underWay = work.catch(() => {});
        return work;
      });
      gathered = mine;
    }
    for (const id of ids) gathered.ids.add(id);
    return gathered.done;
  }

  // What it asks is noted on its way: that it polls is what keeps the others from asking.
  const watch = createPoller({
    send: async call => {
      const answer = await sendFor(ourselves)(call);
      const { action, actions } = asObject(answer.body);
      note((actions ?? (action ? [action] : [])) as Action[]);
      return answer;
    },
    clock,
    signal,
  });

  function poll(actions: readonly Action[]): void {
    const running = actions.filter(action => !hasEnded(action) && !followed.has(action.id));
    if (running.length === 0 || signal.aborted) return;
    for (const { id } of running) followed.add(id);
    const pending = new Set(running.map(({ id }) => id));
    const stop = () => {
      for (const { id } of running) followed.delete(id);
    };
    const one: Watch = {
      pending,
      deadline: clock.now() + longest,
      onChange: () => {},
      onEnd: stop,
      onFailure: failure => {
        stop();
        if (failure.code === 'timeout' && failure.cause === undefined && failure.apiCode === undefined) return;
        const left = running.filter(({ id }) => pending.has(id));
        clock.sleep(rest, signal).then(
          () => poll(left),
          () => {},
        );
      },
    };
    watch(one, running);
  }

  return {
    async get(ids, asker) {
      const missing = ids.filter(id => !isGood(id));
      if (missing.length > 0) {
        await unless(asker.signal, gather(missing, asker)).catch(error => {
          if (asker.signal?.aborted || !missing.every(id => isGood(id, enough))) throw error;
        });
      }
      // Who is told that it has ended may ask any of the daemons for what it has changed.
      await touched;
      return ids.flatMap(id => known.get(id)?.action ?? []);
    },
    follow(actions) {
      note(actions);
      poll(actions);
    },
  };
}
