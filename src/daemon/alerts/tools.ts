import type { SendTools } from '../../core/notify/channel.ts';
import { post } from '../../core/notify/post.ts';
import type { StoreKey } from '../../core/store/key.ts';
import { createGuard, type Lookup, lookUp } from '../../core/transport/guard.ts';
import type { Tools } from '../tools.ts';

/** What alerts and messages work with. */
export interface AlertTools extends Tools {
  /** What secrets of channels are sealed with. */
  readonly key: StoreKey;
  /** What channels send with, until the signal comes. */
  readonly sending: (signal: AbortSignal) => SendTools;
}

/** What it takes to make them. */
export interface AlertSources {
  readonly key: StoreKey;
  /** Networks of the host's own that may be connected to. */
  readonly allowed: () => readonly string[];
  readonly lookup?: Lookup;
  /** Milliseconds that sending may take. */
  readonly timeout?: number;
}

/** The daemon's tools, and those that send. */
export function createAlertTools(tools: Tools, sources: AlertSources): AlertTools {
  const { key, allowed, timeout } = sources;
  const guard = createGuard(sources.lookup ?? lookUp, allowed, 'allow-private-targets');
  const sending = (signal: AbortSignal): SendTools => ({
    post: posting => post(posting, { guard, signal, timeout, now: tools.clock.now }),
    resolve: async host => (await guard(host))[0]!.address,
    hook: tools.hook,
    now: tools.clock.now,
    signal,
    timeout,
  });
  return { ...tools, key, sending };
}
