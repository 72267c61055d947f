import type { Step } from '../store/store.ts';

/** What each job is about. */
export interface Jobs {
  /** Makes one image of one server: the row of `runs`. */
  readonly backup: { readonly run: string };
  /** Marks and deletes what the schedule's rules let go, for one server. */
  readonly prune: { readonly schedule: number; readonly server: number };
  /** Restores an image into a new server, probes it and deletes it: the row of `runs`. */
  readonly verify: { readonly run: string };
  /** Switches a server on again that a run has stopped. */
  readonly 'power-on': { readonly run: string; readonly server: number };
  /** Looks at the project's images, and puts right what the store believes of them. */
  readonly reconcile: Record<string, never>;
  /** Sends a message: the row of `deliveries`. */
  readonly deliver: { readonly message: string };
}

export type JobName = keyof Jobs;

export interface NewJob<N extends JobName = JobName> {
  readonly name: N;
  readonly payload: Jobs[N];
  /** The same key twice is one job, also after the first has ended. */
  readonly key: string;
  /** Milliseconds since the epoch; default now. */
  readonly runAt?: number;
}

/** A job that a worker holds. */
export interface Job<N extends JobName = JobName> {
  readonly id: number;
  readonly key: string;
  readonly name: N;
  readonly payload: Jobs[N];
  /** How often it has failed before. */
  readonly attempts: number;
  /** Aborted when the lease is lost or the worker stops. */
  readonly signal: AbortSignal;
  /** In a commit: undoes it unless this worker holds the job still. */
  held(): Step;
  /** Makes the lease as long as it was at first; throws `conflict` when it is lost. Before every call that changes something outside. */
  renew(): Promise<void>;
}

/** Nothing: the job is done. `again`: the same job is to be called once more at that time, without having failed. */
export type Outcome = void | { readonly again: number };

/** Does one step of a job; is called again after a crash, so that it has to find out what was done. A Failure is tried again as its code says. */
export type Handler<N extends JobName = JobName> = (job: Job<N>) => Promise<Outcome>;

/** Those of the parts that run: a job whose handler is missing fails, and is there still when it is back. */
export type Handlers = { readonly [N in JobName]?: Handler<N> };

/** Jobs that outlive the process. The store is the truth; each is handled at least once, by one worker at a time. */
export interface Queue {
  add(job: NewJob): Promise<void>;
  /** The write that adds it, for a commit with other writes; `wake` afterwards has it begun at once. */
  adding(job: NewJob): Step;
  wake(): void;
  /** Handles jobs until the function it returns is called, which lets those under way finish. */
  work(handlers: Handlers, options: { readonly concurrency: number }): () => Promise<void>;
  /** Claims what is due now and handles it, until nothing is due; how many were handled. */
  drain(handlers: Handlers, options?: { readonly concurrency?: number }): Promise<number>;
  counts(): Promise<Readonly<Record<'waiting' | 'active' | 'failed', number>>>;
  close(): Promise<void>;
}
