import type { Action } from '../api.ts';
import { Failure } from '../failure.ts';
import { createPoller, hasEnded, type PollerOptions } from './poller.ts';

/** Waits for actions; all that wait share one poller. `deadline` in clock milliseconds is for what is still running then. */
export type Wait = (
  actions: readonly Action[],
  onProgress?: (action: Action) => void,
  deadline?: number,
) => Promise<void>;

/** `Api.wait`: resolves when all have succeeded, throws after all have ended when some failed, and names the command that waits on. */
export function createWait(options: PollerOptions, deadline = Number.POSITIVE_INFINITY): Wait {
  const watch = createPoller(options);
  return async (actions, onProgress = () => {}, until = deadline) => {
    const last = new Map(actions.map(action => [action.id, action]));
    const running = [...last.values()].filter(action => !hasEnded(action));
    if (running.length > 0) {
      const pending = new Set(running.map(({ id }) => id));
      await new Promise<void>((onEnd, reject) => {
        const onFailure = (failure: Failure) => reject(resumable(failure, [...pending]));
        const onChange = (action: Action) => {
          last.set(action.id, action);
          onProgress(action);
        };
        watch({ pending, deadline: until, onChange, onEnd, onFailure }, running);
      });
    }
    throwFailed([...last.values()]);
  };
}

function throwFailed(actions: readonly Action[]): void {
  const failed = actions.filter(({ status }) => status === 'error');
  const [first, ...others] = failed;
  if (!first) return;
  const { code = 'unknown_error', message = 'no reason given' } = first.error ?? {};
  const single = `${first.command} failed: ${message} (${code})`;
  const several = `${failed.length} of ${actions.length} actions failed`;
  throw new Failure('refused', others.length === 0 ? single : several, { details: failed });
}

function resumable(failure: Failure, ids: readonly number[]): Failure {
  const [what, go] = ids.length === 1 ? [`action ${ids[0]}`, 'goes'] : [`${ids.length} actions`, 'go'];
  const words: Partial<Record<string, string>> = {
    timeout: `no end in time of ${what}, which ${go} on`,
    interrupted: `stopped waiting for ${what}, which ${go} on`,
  };
  // A timeout that the API or the network reported has its own words.
  const own = failure.cause === undefined && failure.apiCode === undefined;
  const message = (failure.code === 'interrupted' || own ? words[failure.code] : undefined) ?? failure.message;
  return new Failure(failure.code, message, {
    hint: `cloudctl action wait ${ids.join(' ')}`,
    apiCode: failure.apiCode,
    correlationId: failure.correlationId,
    cause: failure,
  });
}
