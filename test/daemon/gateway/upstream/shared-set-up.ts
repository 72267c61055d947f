import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { useKey } from '../../../../src/core/store/key.ts';
import { openProject } from '../../../../src/daemon/gateway/upstream/open-project.ts';
import { openShared } from '../../../../src/daemon/gateway/upstream/shared.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { forget, redisServer } from '../../../e2e/daemon-two.ts';
import { type FakeClock, fakeClock } from '../../../helpers/clock.ts';
import { fakeProject } from './fake-project.ts';

export const reader: Asker = { tenant: 'web', urgency: 'read' };
export const writer: Asker = { tenant: 'web', urgency: 'write' };
export const project = { id: 1, name: 'default', endpoint: 'http://127.0.0.1/v1' };

export interface DaemonOptions {
  readonly url?: string;
  readonly key?: number;
  readonly clock?: FakeClock;
  readonly patience?: number;
}

/** Daemons of one store before one Hetzner, in a time of their own. */
export function openSite(sizes: Readonly<Record<string, number>> = { servers: 120 }) {
  const clock = fakeClock(undefined, { auto: false });
  const hetzner = fakeProject(clock, { sizes });
  const prefix = `cloudctl-test-${randomBytes(6).toString('hex')}`;
  const stop = new AbortController();
  let passed = 0;
  let way = async () => {};
  onTestFinished(async () => {
    stop.abort();
    await forget(prefix);
  });

  /** A daemon that knows its Redis, and what it has asked of Hetzner. */
  // That the machine is busy is not to count as an outage.
  async function daemon({ url = redisServer, key = 0, clock: own = clock, patience = 15_000 }: DaemonOptions = {}) {
    const shared = await openShared({ url, prefix, key: useKey(Buffer.alloc(32, key)), clock: own, patience });
    onTestFinished(() => shared.close());
    const asked: string[] = [];
    const upstream = openProject({
      ...{ project, token: () => 'secret', clock: own, signal: stop.signal, shared: shared.of(project) },
      async http(request) {
        asked.push(`${request.method} ${request.url.pathname.replace('/v1/', '')}`);
        const answer = await hetzner.http(request);
        await way();
        return answer;
      },
    });
    /** Resolves when it hears Redis. */
    const ready = () => until(async () => (await shared.of(project).epoch('nothing')) !== undefined);
    return { shared, upstream, asked, ready };
  }

  return {
    ...{ clock, hetzner, prefix, daemon },
    /** Two that hear Redis. */
    async pair(options: DaemonOptions = {}) {
      const both = [await daemon(options), await daemon(options)] as const;
      for (const { ready } of both) await ready();
      return both;
    },
    /** What becomes of Hetzner's answers, which are given, on their way back. */
    delay(next: typeof way): void {
      way = next;
    },
    /** Waits for the work; time goes on for who looks again for what another daemon reads. */
    async finish<T>(work: Promise<T>): Promise<T> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      work.then(done, done);
      await until(async () => {
        if (clock.slept.length > passed) {
          passed = clock.slept.length;
          await clock.advance(100);
        }
        return isDone;
      });
      return work;
    },
    /** A daemon that has no others. */
    alone: () => openProject({ project, token: () => 'secret', clock, signal: stop.signal, http: hetzner.http }),
  };
}

/** The Redis that they have in common, and what of a site is in it. */
export function openRedis(prefix: string) {
  const redis = new Redis(redisServer);
  onTestFinished(() => redis.disconnect());
  return { redis, keys: (what: string) => redis.keys(`${prefix}:project:*${what}*`) };
}

/** Waits until it holds; what is waited for is always on its way. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}
