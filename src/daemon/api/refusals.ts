import type { Principal } from '../../core/access/principal.ts';
import type { Audit, Entry } from '../../core/audit/audit.ts';
import { toFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/world.ts';

/** What was refused, and to whom. */
export type Refusal = Omit<Entry, 'result' | 'of'>;

/** Refusals in the audit log, which nobody can fill by asking for what is refused. */
export interface Refusals {
  /** Enters a refusal of somebody, or of a stranger; beyond sixty a minute they are counted, and the last is entered with their number when the minute is over. What cannot be written is told in the daemon's log: it is refused all the same. */
  enter(refusal: Refusal, by?: Principal): Promise<void>;
  /** Enters what was counted and not entered yet. */
  settle(): Promise<void>;
}

export interface RefusalTools {
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
  /** Ends the wait for the end of the minute. */
  readonly signal: AbortSignal;
}

/** How many refusals of one person, and of all strangers together, are entered in a minute. */
const most = 60;
const minute = 60_000;

interface Counted {
  entered: number;
  untold: number;
  last?: Refusal;
}

/** One count for each person who was refused in this minute, and one for all strangers. */
export function createRefusals({ audit, log, clock, signal }: RefusalTools): Refusals {
  const counts = new Map<string, Counted>();
  let since = 0;
  let isWaiting = false;

  async function write(refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    try {
      await audit.commit(refusals.map(refusal => ({ ...refusal, result: 'refused' })));
    } catch (error) {
      const about = refusals.map(({ actor, action, reason, requestId }) => ({ actor, action, reason, requestId }));
      log.error('refusals not entered', { refusals: about, error: toFailure(error).message });
    }
  }

  function settle(): Promise<void> {
    const surplus = [...counts.values()].flatMap(({ last, untold }) => (last ? [withCount(last, untold)] : []));
    counts.clear();
    return write(surplus);
  }

  function settleInTime(): void {
    if (isWaiting) return;
    isWaiting = true;
    const over = clock.sleep(minute - (clock.now() % minute), signal).then(settle, () => {});
    over.finally(() => {
      isWaiting = false;
    });
  }

  return {
    settle,
    async enter(refusal, by) {
      const now = Math.floor(clock.now() / minute);
      const before = now === since ? undefined : settle();
      since = now;
      const key = keyOf(by);
      const count = counts.get(key) ?? { entered: 0, untold: 0 };
      counts.set(key, count);
      if (count.entered < most) {
        count.entered += 1;
        await before;
        return write([refusal]);
      }
      count.untold += 1;
      count.last = refusal;
      settleInTime();
    },
  };
}

/** A person is one, whichever token they come with: they can make themselves as many as they like. */
function keyOf(by: Principal | undefined): string {
  if (!by) return 'strangers';
  if (by.user !== undefined) return `user ${by.user}`;
  return by.token === undefined ? `host ${by.name}` : `token ${by.token}`;
}

function withCount(last: Refusal, untold: number): Refusal {
  const before = untold - 1;
  if (before === 0) return last;
  return { ...last, reason: `${last.reason ?? ''} (and ${before} more refusals within a minute)`.trimStart() };
}
