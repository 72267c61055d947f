import type { Api } from './api.ts';
import { Failure } from './failure.ts';
import type { Item } from './resource.ts';
import type { Clock } from './world.ts';

/** Polls the server until `done` says so; resolves with it, or with undefined when `timeout` (ms) ran out first. */
export async function pollServer(
  api: Api,
  clock: Clock,
  id: number,
  done: (server: Item) => boolean,
  options: { timeout: number; signal?: AbortSignal },
): Promise<Item | undefined> {
  const end = clock.now() + options.timeout;
  for (let pause = 500; ; pause = Math.min(pause * 1.25, 2500)) {
    const { server } = await api.send<{ server?: Item }>('GET', `servers/${id}`);
    if (!server) throw new Failure('unreachable', `the answer for server ${id} has no 'server'`);
    if (done(server)) return server;
    const left = end - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(pause, left), options.signal);
  }
}
