import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';

import { newDatabase } from '../helpers/stores.ts';
import { type Answer, type RunningDaemon, startDaemon, temporaryState } from './daemon.ts';

export const redisServer = process.env.CLOUDCTL_TEST_REDIS ?? 'redis://127.0.0.1:6379';

/** False, with a notice, where no Redis is; an error where CLOUDCTL_REQUIRE_SERVICES asks for one. */
export const hasRedis: boolean = await withRedis(async redis => (await redis.ping()) === 'PONG').catch(error => {
  if (process.env.CLOUDCTL_REQUIRE_SERVICES) throw error;
  process.stderr.write(`No Redis at ${new URL(redisServer).host}: daemons that share one are not tested.\n`);
  return false;
});

/** Places for daemons that share a database, a Redis and a key, before a sandbox. */
export interface Site {
  readonly sandbox: Sandbox;
  readonly database: string;
  /** A state directory with the key of the site. */
  state(): string;
  /** Starts a daemon in a state directory; it is killed with the site at the latest. */
  start(state: string, more?: SiteOptions): Promise<RunningDaemon>;
  /** Rows of the database. */
  read(sql: string, values?: readonly unknown[]): Promise<Answer[]>;
  /** What begins the names of everything in Redis. */
  prefix(): Promise<string>;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A site with an empty database of its own. */
export async function openSite(sandboxOptions: SandboxOptions, usual: SiteOptions = {}): Promise<Site> {
  const [sandbox, { url, drop }] = await Promise.all([
    startSandbox({ rateLimit: 1e9, ...sandboxOptions }),
    newDatabase(),
  ]);
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: 2,
    // Names are bytes to the server and text to us.
    typeCast: (field, next) => (['VAR_STRING', 'BLOB'].includes(field.type) ? field.string('utf8') : next()),
  });
  const key = randomBytes(32).toString('base64');
  const started: RunningDaemon[] = [];
  const folders: string[] = [];
  const read = async (sql: string, values: readonly unknown[] = []) => {
    const [rows] = await pool.query(sql, [...values]);
    return rows as Answer[];
  };
  const prefix = async () => {
    const [row] = await read("SELECT value FROM meta WHERE name = 'identity'");
    return `cloudctl-${row.value}`;
  };
  return {
    sandbox,
    database: url,
    read,
    prefix,
    state() {
      const state = temporaryState();
      folders.push(state);
      writeFileSync(join(state, 'store.key'), `${key}\n`, { mode: 0o600 });
      return state;
    },
    async start(state, { program = usual.program, env } = {}) {
      const shared = { CLOUDCTLD_STORE: url, CLOUDCTLD_REDIS: redisServer, CLOUDCTLD_LOG_FORMAT: 'json' };
      const daemon = await startDaemon({
        hetzner: sandbox,
        state,
        program,
        env: { ...shared, ...usual.env, ...env },
      });
      started.push(daemon);
      return daemon;
    },
    async close() {
      await Promise.all(started.map(daemon => daemon.kill()));
      const name = await prefix().catch(() => undefined);
      if (name) await forget(name);
      await Promise.all([sandbox.stop(), pool.end()]);
      await drop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Removes everything from Redis whose name begins so; how much it was. */
export function forget(prefix: string): Promise<number> {
  return withRedis(async redis => {
    const keys = await redis.keys(`${prefix}:*`);
    return keys.length === 0 ? 0 : redis.del(...keys);
  });
}

async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(redisServer, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** The records of a daemon's log, parsed. */
export function records(daemon: RunningDaemon): { level: string; msg: string; [field: string]: unknown }[] {
  const lines = daemon.log().split('\n').filter(Boolean);
  return lines.map(line => (line.startsWith('{') ? JSON.parse(line) : { level: 'none', msg: line }));
}

/** Asks again and again until the answer is neither undefined nor false; throws after `ms` milliseconds. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 10_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await pause(20);
  }
}

export const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
