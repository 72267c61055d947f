import type { RedisOptions } from 'ioredis';
import type { Log } from '../../../core/log.ts';
import { openRedis } from '../../../core/queue/redis.ts';
import type { Clock } from '../../../core/world.ts';

export interface RedisLineOptions {
  /** Address of Redis. */
  readonly url: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds that an answer is waited for; 250 where absent. */
  readonly patience?: number;
}

/** A command of Redis: its name, the key, and what else there is. */
export type Command = readonly [name: string, key: string, ...more: (string | number)[]];

/** A line to Redis for what can be done without it. */
export interface RedisLine {
  /** The answers to some commands, in their order; undefined where Redis is away, does not answer in time or refuses one of them. */
  ask(commands: readonly Command[]): Promise<readonly unknown[] | undefined>;
  /** Sends commands that must not be lost, now and before everything that is asked later until Redis has taken them; of one key the last. Resolves when it has them, or does not answer. */
  owe(commands: readonly Command[]): Promise<void>;
  /** Sends again what is owed. */
  settle(): Promise<void>;
  close(): void;
}

/** Milliseconds for which Redis is not asked after it has not answered: nobody waits for it again and again. */
const rest = 3_000;

// Whoever carries the jobs tells of outages already.
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Connects; until the connection is there Redis counts as away. */
export async function openRedisLine({ url, clock, patience = 250 }: RedisLineOptions): Promise<RedisLine> {
  // What waits for an answer when the connection breaks has none, rather than being sent again later.
  const options: RedisOptions = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: patience };
  const connection = (await openRedis(url, silent)).connect(options);
  const owed = new Map<string, Command>();
  let restsUntil = 0;

  async function ask(commands: readonly Command[]): Promise<readonly unknown[] | undefined> {
    if (connection.status !== 'ready' || clock.now() < restsUntil) return undefined;
    const before = [...owed.values()];
    owed.clear();
    const all = [...before, ...commands].map(command => [...command]);
    if (all.length === 0) return [];
    // Redis takes them in the order in which they are sent, so that nothing that is asked overtakes what was owed.
    const answers = await connection
      .pipeline(all)
      .exec()
      .catch(() => null);
    if (answers?.every(([error]) => !error)) return answers.slice(before.length).map(([, answer]) => answer);
    for (const command of before) if (!owed.has(command[1])) owed.set(command[1], command);
    restsUntil = clock.now() + rest;
    return undefined;
  }

  const settle = async () => {
    await ask([]);
  };

  return {
    ask,
    owe(commands) {
      for (const command of commands) owed.set(command[1], command);
      return settle();
    },
    settle,
    close: () => connection.disconnect(),
  };
}
