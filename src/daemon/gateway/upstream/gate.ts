import { Failure } from '../../../core/failure.ts';
import { leftNow } from '../../../core/hetzner/budget.ts';
import type { Budget } from '../../../core/hetzner/pace.ts';
import { stopped } from '../../../core/transport/stop.ts';
import type { Clock, HttpRequest, HttpResponse, Transport } from '../../../core/world.ts';
import { rules, startOf } from './bucket.ts';
import type { SharedProject } from './shared.ts';
import { createTurns, most } from './turns.ts';
import type { Asker, Share, Urgency } from './upstream.ts';

export interface GateOptions {
  readonly http: Transport;
  readonly clock: Clock;
  /** Ends everything that waits with `interrupted`. */
  readonly signal: AbortSignal;
  /** What other daemons are told of the project's requests, where there may be some. */
  readonly shared?: SharedBudget;
}

type SharedBudget = Pick<SharedProject, 'budget' | 'tellBudget'>;

/** The one door to a project: every request waits here for its turn. */
export interface Gate {
  /** Sends the request that `make` gives when its turn has come; a 429 puts it back. */
  pass(make: () => HttpRequest, asker: Asker, sendBy?: number): Promise<HttpResponse>;
  share(tenant: string): Share;
  budget(): Budget | undefined;
  figures(): {
    readonly sent: Readonly<Record<Urgency, number>>;
    readonly refused: number;
    readonly waiting: number;
    readonly underWay: number;
    readonly left: number | null;
    readonly limit: number | null;
  };
}

interface Entry {
  readonly tenant: string;
  readonly urgency: Urgency;
  readonly since: number;
  readonly until: number;
  readonly make: () => HttpRequest;
  readonly resolve: (answer: HttpResponse) => void;
  readonly reject: (failure: unknown) => void;
}

const hour = 3_600_000;
/** Tenants count for the shares so long after they have asked for something. */
const active = 60_000;
/** Milliseconds between two looks at what other daemons were told, and two times of telling them. */
const exchange = 1_000;

/** A gate that nothing has passed yet. */
export function createGate({ http, clock, signal, shared }: GateOptions): Gate {
  const turns = createTurns<Entry>();
  const sent: Record<Urgency, number> = { write: 0, read: 0, background: 0 };
  const seen = new Map<string, number>();
  let refused = 0;
  let nap = new AbortController();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let news: Budget | undefined;

  /** Learns what others were told, before something is sent. */
  async function look(others: SharedBudget): Promise<void> {
    if (clock.now() - lookedAt < exchange) return;
    lookedAt = clock.now();
    const theirs = await others.budget();
    if (theirs) turns.hear(theirs, clock.now());
  }

  /** Tells the others soon what came last: that, and not what is reckoned here, so that no fault in it goes round. */
  function tell(others: SharedBudget, budget: Budget): void {
    const isComing = news !== undefined;
    news = budget;
    if (isComing) return;
    clock.sleep(exchange, signal).then(
      () => {
        const last = news!;
        news = undefined;
        return others.tellBudget(last);
      },
      () => {},
    );
  }

  function pump(): void {
    nap.abort();
    const now = clock.now();
    for (const late of turns.expire(now)) late.reject(limited(late.urgency));
    for (;;) {
      const next = turns.next(now);
      if ('one' in next) {
        void run(next.one);
        continue;
      }
      if (next.at < Number.POSITIVE_INFINITY) sleep(Math.max(1, next.at - now));
      return;
    }
  }

  function sleep(ms: number): void {
    nap.abort();
    nap = new AbortController();
    clock.sleep(ms, nap.signal).then(pump, () => {});
  }

  async function run(entry: Entry): Promise<void> {
    let answer: HttpResponse | undefined;
    try {
      const request = entry.make();
      sent[entry.urgency] += 1;
      answer = await http(request);
    } catch (error) {
      entry.reject(error);
    }
    const learnt = turns.ended(entry, clock.now(), answer);
    if (shared && learnt) tell(shared, learnt);
    if (answer?.status === 429) {
      refused += 1;
      if (signal.aborted) entry.reject(stopped(signal));
      else turns.putBack(entry);
    } else if (answer) entry.resolve(answer);
    pump();
  }

  function limited(urgency: Urgency): Failure {
    const now = clock.now();
    const seconds = Math.max(1, Math.ceil((startOf(turns.bucket, urgency, now) - now) / 1000));
    return new Failure('limited', 'the project has used its requests of this hour', {
      hint: `Try again in ${seconds} s`,
      details: { retry_after: seconds },
    });
  }

  signal.addEventListener('abort', () => {
    for (const entry of turns.expire(Number.POSITIVE_INFINITY)) entry.reject(stopped(signal));
    nap.abort();
  });

  return {
    async pass(make, asker, sendBy = Number.POSITIVE_INFINITY) {
      if (shared) await look(shared);
      if (signal.aborted) throw stopped(signal);
      if (asker.signal?.aborted) throw stopped(asker.signal);
      const { tenant, urgency } = asker;
      const now = clock.now();
      seen.set(tenant, now);
      let entry: Entry;
      let leave = () => {};
      const answer = new Promise<HttpResponse>((resolve, reject) => {
        const until = Math.min(now + rules[urgency].patience, sendBy);
        entry = { tenant, urgency, since: now, until, make, resolve, reject };
        leave = () => {
          if (turns.drop(entry)) reject(stopped(asker.signal!));
        };
        if (!turns.add(entry)) {
          reject(
            new Failure('limited', `${most} requests wait already`, {
              hint: 'Try again in 1 s',
              details: { retry_after: 1 },
            }),
          );
        }
      });
      asker.signal?.addEventListener('abort', leave, { once: true });
      pump();
      try {
        return await answer;
      } finally {
        asker.signal?.removeEventListener('abort', leave);
      }
    },
    share(tenant) {
      const now = clock.now();
      for (const [name, at] of seen) if (now - at > active) seen.delete(name);
      const tenants = new Set([...seen.keys(), tenant]).size;
      const { budget } = turns.bucket;
      const limit = budget?.limit ?? 3600;
      const left = budget ? leftNow(budget, now) : limit;
      return {
        limit: Math.floor(limit / tenants),
        remaining: Math.floor(left / tenants),
        reset: Math.ceil((now + ((limit - left) * hour) / limit) / 1000),
      };
    },
    budget: () => turns.bucket.budget,
    figures() {
      const { budget } = turns.bucket;
      return {
        sent: { ...sent },
        refused,
        waiting: turns.waiting,
        underWay: turns.underWay,
        left: budget ? Math.floor(leftNow(budget, clock.now())) : null,
        limit: budget?.limit ?? null,
      };
    },
  };
}
