import type { KyselyPlugin } from 'kysely';
import type { Api } from '../../../src/core/api.ts';
import type { Store } from '../../../src/core/store/store.ts';

/** What a killed process throws from then on: it can do nothing any more. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

/** A process that can be killed at every commit and every call, before and after it has its effect. */
export interface Process {
  readonly store: Store;
  readonly api: Api;
  /** Kills it here. */
  kill(): never;
  readonly isDead: boolean;
}

/** Where in a process something can happen. */
export type Point = `${'commit' | 'call'} ${'before' | 'after'} ${string}`;

/** A process on a store that outlives it; `at` is called at each point, and may kill it or throw. */
export function startProcess(lasting: Store, outside: Api, at: (point: Point, process: Process) => void): Process {
  let isDead = false;
  const live = () => {
    if (isDead) throw new Killed();
  };
  const mortal: KyselyPlugin = {
    transformQuery({ node }) {
      live();
      return node;
    },
    // What was compiled before comes by here only.
    async transformResult({ result }) {
      live();
      return result;
    },
  };
  const reach = (point: Point) => {
    live();
    at(point, process);
    live();
  };
  const process: Process = {
    get isDead() {
      return isDead;
    },
    kill() {
      isDead = true;
      throw new Killed();
    },
    store: {
      ...lasting,
      db: lasting.db.withPlugin(mortal),
      async commit(steps) {
        reach('commit before ');
        const done = await lasting.commit(steps);
        reach('commit after ');
        return done;
      },
    },
    api: {
      list: (path, query, reading) => ({
        [Symbol.asyncIterator]() {
          reach(`call before GET ${path}`);
          return outside.list(path, query, reading)[Symbol.asyncIterator]();
        },
      }),
      async send<T>(...call: Parameters<Api['send']>) {
        reach(`call before ${call[0]} ${call[1]}`);
        const answer = await outside.send<T>(...call);
        reach(`call after ${call[0]} ${call[1]}`);
        return answer;
      },
      wait: outside.wait,
    },
  };
  return process;
}
