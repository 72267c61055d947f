import type { Budget } from '../../../core/hetzner/pace.ts';
import type { HttpResponse } from '../../../core/world.ts';
import { type Bucket, heard, rules, spend, startOf, told, unknownBucket, urgencies } from './bucket.ts';
import type { Urgency } from './upstream.ts';

/** Something that waits for its turn. */
export interface Waiting {
  readonly tenant: string;
  readonly urgency: Urgency;
  /** Since when it waits. */
  readonly since: number;
  /** Clock time after which it does not wait any more. */
  readonly until: number;
}

/** Whose turn it is. It has no clock and sends nothing: who asks tells the time. */
export interface Turns<T extends Waiting> {
  /** False when too many of the tenant wait already. */
  add(one: T): boolean;
  /** Before all others of its tenant, and its tenant before all others: it had its turn, and nothing came of it. */
  putBack(one: T): void;
  /** False when it does not wait. */
  drop(one: T): boolean;
  /** Takes out those that have waited for too long. */
  expire(now: number): readonly T[];
  /** The one whose turn it is, under way from now on; or when to look again, which is earlier when something is added or ends. */
  next(now: number): { readonly one: T } | { readonly at: number };
  /** One that was under way has ended, with an answer or none; gives what it told of the requests that are left, where that is news. */
  ended(one: T, now: number, answer?: HttpResponse): Budget | undefined;
  /** Another daemon has told what it knows of the requests that are left. */
  hear(budget: Budget, now: number): void;
  /** How many wait, and how many are under way. */
  readonly waiting: number;
  readonly underWay: number;
  readonly bucket: Bucket;
}

/** Milliseconds after which a class of which none was started has one before more urgent ones: who changes without end does not keep the others from reading. */
const starving = 10_000;

/** So many of one tenant may wait. */
export const most = 200;

const never = Number.POSITIVE_INFINITY;

/** Nobody waits at first. Classes go by their urgency; within one the tenants take turns, each request costing the same. */
export function createTurns<T extends Waiting>(): Turns<T> {
  const queues = Object.fromEntries(urgencies.map(urgency => [urgency, new Map<string, T[]>()])) as Record<
    Urgency,
    Map<string, T[]>
  >;
  const counts = new Map<string, number>();
  let bucket = unknownBucket;
  /** What is under way, and the how manieth it was to be started. */
  const underWay = new Map<T, number>();
  let [started, learnt] = [0, 0];
  const last: Record<Urgency, number> = { write: 0, read: 0, background: 0 };

  function count(tenant: string, by: 1 | -1): void {
    const left = (counts.get(tenant) ?? 0) + by;
    if (left > 0) counts.set(tenant, left);
    else counts.delete(tenant);
  }

  function take(urgency: Urgency): T | undefined {
    const queue = queues[urgency];
    for (const [tenant, line] of queue) {
      queue.delete(tenant);
      const one = line.shift()!;
      if (line.length > 0) queue.set(tenant, line);
      count(tenant, -1);
      return one;
    }
    return undefined;
  }

  function drop(one: T): boolean {
    const queue = queues[one.urgency];
    const line = queue.get(one.tenant) ?? [];
    const at = line.indexOf(one);
    if (at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) queue.delete(one.tenant);
    count(one.tenant, -1);
    return true;
  }

  /** When the class has waited for too long. */
  function overdueAt(urgency: Urgency): number {
    const since = [...queues[urgency].values()].flat().reduce((first, one) => Math.min(first, one.since), never);
    return Math.max(since, last[urgency]) + starving;
  }

  function start(urgency: Urgency, now: number): { readonly one: T } {
    bucket = spend(bucket, urgency, now);
    last[urgency] = now;
    const one = take(urgency)!;
    underWay.set(one, ++started);
    return { one };
  }

  const all = () => urgencies.flatMap(urgency => [...queues[urgency].values()].flat());

  return {
    add(one) {
      if ((counts.get(one.tenant) ?? 0) >= most) return false;
      const queue = queues[one.urgency];
      queue.set(one.tenant, [...(queue.get(one.tenant) ?? []), one]);
      count(one.tenant, 1);
      return true;
    },
    putBack(one) {
      const { [one.urgency]: queue } = queues;
      const others = [...queue].filter(([tenant]) => tenant !== one.tenant);
      const line = [one, ...(queue.get(one.tenant) ?? [])];
      queues[one.urgency] = new Map([[one.tenant, line], ...others]);
      count(one.tenant, 1);
    },
    drop,
    expire(now) {
      const late = all().filter(({ until }) => until <= now);
      for (const one of late) drop(one);
      return late;
    },
    next(now) {
      let at = all().reduce((soonest, { until }) => Math.min(soonest, until), never);
      // Where too many are under way, the end of one of them is what to wait for.
      const ready = urgencies.filter(each => queues[each].size > 0 && underWay.size < rules[each].slots);
      const overdue = ready.filter(urgency => urgency !== 'write' && overdueAt(urgency) <= now);
      for (const urgency of [...overdue, ...ready]) {
        // One that is overdue waits for no reserve.
        const from = startOf(bucket, overdue.includes(urgency) ? 'write' : urgency, now);
        if (from <= now) return start(urgency, now);
        at = Math.min(at, from, overdue.includes(urgency) || urgency === 'write' ? never : overdueAt(urgency));
      }
      return { at };
    },
    ended(one, now, answer) {
      const number = underWay.get(one) ?? 0;
      underWay.delete(one);
      // An answer that comes after those to later requests tells of a bucket that was fuller.
      if (!answer || (number < learnt && answer.status !== 429)) return undefined;
      learnt = Math.max(learnt, number);
      const before = bucket;
      bucket = told(bucket, answer, underWay.size, now);
      return bucket === before ? undefined : bucket.budget;
    },
    hear(budget, now) {
      bucket = heard(bucket, budget, now);
    },
    get waiting() {
      return [...counts.values()].reduce((sum, each) => sum + each, 0);
    },
    get underWay() {
      return underWay.size;
    },
    get bucket() {
      return bucket;
    },
  };
}
