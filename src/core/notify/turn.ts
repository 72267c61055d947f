/** A message that waits for its turn on a channel, or is under way. */
export interface Waiting {
  readonly id: number;
  /** Its own, or those of the messages that a digest stands for. */
  readonly threads: readonly string[];
  readonly isDigest: boolean;
  readonly isSending: boolean;
  readonly attempts: number;
  readonly nextAt: number;
  readonly created: number;
}

/** How much a channel may be told; times in milliseconds. */
export interface Pace {
  /** Messages a minute. */
  readonly rate: number;
  /** Age from which a message comes in a digest. */
  readonly maxAge: number;
  readonly allowance: number;
  readonly allowedAt: number;
}

/** What a message does next: it is sent, waits, or goes into one with all that wait. */
export type Turn = 'send' | 'fold' | { readonly again: number };

/** Messages beside it from which on they come in one. */
export const crowd = 20;
const soon = 1000;

/** Decides for one message among all of its channel. One is sent at a time, and within a thread the older one first; where many wait, or one has waited for long, all go together. */
export function takeTurn(own: Waiting, all: readonly Waiting[], pace: Pace, now: number): Turn {
  const others = all.filter(one => one.id !== own.id);
  if (others.some(({ isSending }) => isSending)) return { again: now + soon };
  const older = blocking(own, others);
  const isOld = own.created < now - pace.maxAge && !own.isDigest;
  if (others.length >= crowd || isOld) return 'fold';
  if (older.length > 0) return { again: Math.max(now + soon, ...older.map(({ nextAt }) => nextAt)) };
  const allowance = allowanceAt(pace, now);
  if (allowance < 1) return { again: now + Math.ceil(((1 - allowance) * 60_000) / pace.rate) };
  return 'send';
}

/** What has to be told before. */
export function blocking(own: Waiting, others: readonly Waiting[]): Waiting[] {
  const wanted = new Set(own.threads);
  return others.filter(({ id, threads }) => id < own.id && threads.some(one => wanted.has(one)));
}

/** Messages that may be sent at once, a minute's worth at the most; below zero while the other side wants to be left alone. */
export function allowanceAt({ rate, allowance, allowedAt }: Pace, now: number): number {
  return Math.min(rate, allowance + ((now - allowedAt) * rate) / 60_000);
}
