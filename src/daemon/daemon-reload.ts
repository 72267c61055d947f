import { toFailure } from '../core/failure.ts';
import type { Configuration } from './config/configuration.ts';
import type { LiveConfiguration } from './daemon-live.ts';
import type { Reports } from './daemon-status.ts';
import type { DaemonLog } from './log.ts';
import { monotonicMicroseconds, type Notify } from './service/notify.ts';

export interface ReloadOptions {
  /** Reads the configuration; rejects with all that is wrong with it. */
  readonly load: () => Promise<Configuration>;
  readonly live: LiveConfiguration;
  readonly log: DaemonLog;
  readonly notify: Notify;
  readonly reports: Pick<Reports, 'setFault'>;
  /** What systemd shows when all is well. */
  readonly serving: string;
  /** Has the parts take up what has changed; throws what keeps the new configuration from being used. */
  readonly take: (next: Configuration) => void;
  /** Called once the new configuration is the one in use. */
  readonly settle: () => void;
}

/** What a reload does: one that is bad changes nothing, and is told in the log, the status and to systemd; never rejects. Several at once follow each other. */
export function createReload({
  load,
  live,
  log,
  notify,
  reports,
  serving,
  take,
  settle,
}: ReloadOptions): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const reload = async () => {
    await notify({ RELOADING: 1, MONOTONIC_USEC: monotonicMicroseconds() });
    let status = serving;
    try {
      const next = await load();
      take(next);
      const { applied, waiting } = live.replace(next);
      settle();
      log.setLevel(next.values['log-level']);
      reports.setFault(undefined);
      log.info('reloaded', { applied });
      if (waiting.length > 0) log.warn('a restart is needed for what has changed', { keys: waiting });
    } catch (error) {
      const { message } = toFailure(error);
      status = 'The new configuration is bad; the old one stays';
      reports.setFault(message);
      log.error('the new configuration is bad; the old one stays', { reason: message });
    }
    await notify({ READY: 1, STATUS: status });
  };
  return () => {
    last = last.then(reload);
    return last;
  };
}
