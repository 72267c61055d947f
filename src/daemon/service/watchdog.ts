import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/world.ts';
import type { Notify } from './notify.ts';
import type { Pulse } from './pulse.ts';

export interface WatchdogOptions {
  /** Milliseconds between two signs of life. */
  readonly interval: number;
  readonly clock: Clock;
  readonly pulse: Pick<Pulse, 'silent'>;
  readonly notify: Notify;
  /** Writes to the store; rejects when that cannot be done. */
  readonly write: () => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Tells systemd that the daemon lives, each time only after the store has taken a write and every part has shown life; otherwise it keeps silent, and is started anew. Resolves when the signal comes. */
export async function feedWatchdog({
  interval,
  clock,
  pulse,
  notify,
  write,
  log,
  signal,
}: WatchdogOptions): Promise<void> {
  while (!signal.aborted) {
    const fault = await faultOf(pulse, write);
    if (fault === undefined) await notify({ WATCHDOG: 1 });
    else log.error('no sign of life is given to systemd', { reason: fault });
    try {
      await clock.sleep(interval, signal);
    } catch {
      return;
    }
  }
}

/** Why the daemon is not well: a part that is silent, or a store that takes no write; undefined when it is. */
export async function faultOf(pulse: Pick<Pulse, 'silent'>, write: () => Promise<void>): Promise<string | undefined> {
  const silent = pulse.silent();
  if (silent.length > 0) return `silent: ${silent.join(', ')}`;
  try {
    await write();
    return undefined;
  } catch (error) {
    return `the store cannot be written: ${(error as Error).message}`;
  }
}
