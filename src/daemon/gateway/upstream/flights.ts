import { toFailure } from '../../../core/failure.ts';
import type { Clock } from '../../../core/world.ts';
import { urgencies } from './bucket.ts';
import type { Urgency } from './upstream.ts';

/** What is read at the moment, so that all who want the same share one reading. */
export interface Flights<T> {
  /** The result of a reading of the key that has begun after the moment `need` and is at least as urgent: one that is under way, or a new one; at most one begins while another is under way. A failure is given for a moment to who asks again. */
  join(key: string, urgency: Urgency, need: number, begin: (moment: number) => Promise<T>): Promise<T>;
  readonly size: number;
}

interface Line<T> {
  running?: { readonly moment: number; readonly result: Promise<T> } | undefined;
  following?: Promise<T> | undefined;
  failed?: { readonly moment: number; readonly at: number; readonly failure: Error };
}

/** How long a failure is kept, in milliseconds. */
const kept = 1_000;

/** Nothing is read at first; `tick` gives moments, each later than the one before. */
export function createFlights<T>(clock: Pick<Clock, 'now'>, tick: () => number): Flights<T> {
  const lines = new Map<string, Line<T>>();

  function start(name: string, line: Line<T>, begin: (moment: number) => Promise<T>): Promise<T> {
    const moment = tick();
    const result = begin(moment).then(
      value => {
        line.running = undefined;
        if (!line.following) lines.delete(name);
        return value;
      },
      error => {
        line.running = undefined;
        line.failed = { moment, at: clock.now(), failure: toFailure(error) };
        throw error;
      },
    );
    line.running = { moment, result };
    return result;
  }

  return {
    async join(key, urgency, need, begin) {
      const names = urgencies.slice(0, urgencies.indexOf(urgency) + 1).map(each => `${each} ${key}`);
      for (const name of names) {
        const running = lines.get(name)?.running;
        if (running && running.moment > need) return running.result;
      }
      const name = names.at(-1)!;
      for (const [other, { running, following, failed }] of lines)
        if (!running && !following && failed && clock.now() - failed.at >= kept) lines.delete(other);
      const line = lines.get(name) ?? {};
      lines.set(name, line);
      if (line.failed && line.failed.moment > need && clock.now() - line.failed.at < kept) throw line.failed.failure;
      if (!line.running) return start(name, line, begin);
      line.following ??= line.running.result
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          line.following = undefined;
          return start(name, line, begin);
        });
      return line.following;
    },
    get size() {
      return lines.size;
    },
  };
}
