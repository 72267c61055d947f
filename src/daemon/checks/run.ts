import { writeDuration } from '../../core/backup/words.ts';
import type { Result } from '../../core/checks/check.ts';
import { down, unknown } from '../../core/checks/check.ts';
import { sayFault } from '../../core/checks/faults.ts';
import { findKind } from '../../core/checks/kinds.ts';
import { toFailure } from '../../core/failure.ts';
import { openSecrets } from '../../core/settings.ts';
import type { Tools } from '../tools.ts';
import type { Watch } from './row.ts';
import type { Sources } from './sources.ts';

export type Runnable = Pick<Watch, 'id' | 'name' | 'kind' | 'settings' | 'policy' | 'beat' | 'created'>;

/** Looks once, within the policy's timeout whatever the kind does; never throws. `blame` says that Hetzner is why it cannot be told. */
export async function runCheck(
  { clock, log }: Pick<Tools, 'clock' | 'log'>,
  sources: Sources,
  { id, name: owner, kind: name, settings: kept, policy, beat, created }: Runnable,
  stop: AbortSignal,
): Promise<Result & { readonly blame?: 'hetzner' }> {
  const { timeout } = policy;
  const ended = new AbortController();
  const abort = () => ended.abort(stop.reason);
  stop.addEventListener('abort', abort, { once: true });
  const late = setTimeout(() => ended.abort(new Error('timeout')), timeout);
  const { signal } = ended;
  try {
    const check = findKind(name);
    const listening = Math.max(created, sources.listening);
    const tools = { ...sources.tools, now: clock.now, signal, timeout, listening, beat };
    const settings = openSecrets(check.settings, kept, `check ${owner}`, sources.key);
    const run = check.run(settings as never, tools);
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    // A kind that does not obey its signal is left behind.
    run.catch(() => {});
    return await Promise.race([run, over]);
  } catch (error) {
    if (stop.aborted) return unknown('the daemon stops');
    const needs = needsOf(name);
    const said = `no answer within ${writeDuration(timeout)}`;
    if (signal.aborted) return needs === 'network' ? down(said) : { ...unknown(said), ...blameOf(needs) };
    const failure = toFailure(error);
    if (needs === 'hetzner' && failure.code !== 'unexpected') return { ...unknown(failure.message), blame: 'hetzner' };
    if (failure.code === 'refused') return unknown(failure.message);
    log.warn('check could not be run', { check: id, reason: failure.message });
    return unknown(sayFault(error));
  } finally {
    clearTimeout(late);
    stop.removeEventListener('abort', abort);
    // Whatever the run has left open ends with it.
    ended.abort(new Error('over'));
  }
}

function needsOf(name: string) {
  try {
    return findKind(name).needs;
  } catch {
    return 'store';
  }
}

function blameOf(needs: string): { readonly blame?: 'hetzner' } {
  return needs === 'hetzner' ? { blame: 'hetzner' } : {};
}
