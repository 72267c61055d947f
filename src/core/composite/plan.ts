import type { Item } from '../resource.ts';
import type { Journal, Owed } from './journal.ts';

/** What is known of a server that something is owed; times in milliseconds of the clock. */
export interface View {
  /** As it was read just now. */
  readonly server: Item;
  /** The snapshot of this run, once it is known. */
  readonly image?: Item;
  /** How often the snapshot was looked for; `settled` where no earlier process can have asked for it. */
  readonly looks: number;
  /** What this process did last, and when that had ended; where it has done nothing, when it began. */
  readonly last?: Deed;
  readonly since: number;
}

/** What changes something. */
export type Deed = 'shutdown' | 'poweroff' | 'poweron' | 'image' | 'change';

/** The next thing to do; a `look` and a `rest` come after so many milliseconds. */
export type Step =
  | { readonly do: Deed | 'done' | 'unlock' }
  | { readonly do: 'look' | 'rest'; readonly after: number }
  /** The guest has not shut down in its time, and its power is not to be cut. */
  | { readonly do: 'give-up' }
  /** The snapshot could not be made. */
  | { readonly do: 'spoilt' }
  /** The server stays in a state that should pass. */
  | { readonly do: 'stuck' };

/** Milliseconds before each look for a snapshot that an earlier process may have asked for: a request can land late. */
const pauses = [0, 2000, 5000];

/** The number of looks after which a snapshot that was not found is not there. */
export const settled = pauses.length;

/** How long a state that passes by itself may last, in milliseconds. */
const patience = 300_000;

/** What to do next for a server, from what it is and what it is owed. */
export function plan(view: View, journal: Journal, now: number): Step {
  const { server, image } = view;
  const { owes } = journal;
  if (server.locked || image?.status === 'creating') return { do: 'unlock' };
  // Before anything is stopped: an earlier process may have come this far.
  if (owes.image && !image && view.looks === 0) return { do: 'look', after: 0 };
  if (image?.status === 'unavailable') return { do: 'spoilt' };
  return isReached(view, owes) ? leave(view, journal, now) : work(view, journal, now);
}

function isReached({ server, image }: View, owes: Owed): boolean {
  if (owes.image) return image !== undefined;
  return owes.type === undefined || server.server_type?.name === owes.type.name;
}

function work(view: View, { owes, stop }: Journal, now: number): Step {
  if (view.server.status !== 'off') return switchOff(view, stop, now);
  if (!owes.image) return { do: 'change' };
  const pause = pauses[view.looks];
  return pause === undefined ? { do: 'image' } : { do: 'look', after: pause };
}

/** Leaves the server as it was found: only what was running is started again, and what was off is off again. */
function leave(view: View, { owes, stop }: Journal, now: number): Step {
  const { status } = view.server;
  if (owes.power === 'running') {
    if (status === 'running') return { do: 'done' };
    if (status === 'off' && view.last !== 'poweron') return { do: 'poweron' };
    return restOrStick(now - view.since);
  }
  // A change of type boots the server by itself; nothing else here does.
  if (owes.type === undefined || status === 'off') return { do: 'done' };
  return switchOff(view, { ...stop, force: true }, now);
}

function switchOff({ server, last, since }: View, stop: Journal['stop'], now: number): Step {
  const waited = now - since;
  if (last === 'shutdown') {
    if (waited < stop.timeout) return { do: 'rest', after: Math.min(pace(waited), stop.timeout - waited) };
    return { do: stop.force ? 'poweroff' : 'give-up' };
  }
  // A guest that is just starting does not hear the signal, and one without power needs none.
  const hears = last !== 'poweroff' && ['running', 'unknown'].includes(server.status);
  return hears ? { do: 'shutdown' } : restOrStick(waited);
}

function restOrStick(waited: number): Step {
  return waited < patience ? { do: 'rest', after: pace(waited) } : { do: 'stuck' };
}

/** Milliseconds to the next question: twice a second at first, then less often. */
function pace(waited: number): number {
  return Math.ceil(Math.min(2500, Math.max(500, waited / 10)));
}
