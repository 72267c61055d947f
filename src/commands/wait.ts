import type { Action, Api } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import type { Outcome } from '../core/resource.ts';
import { isFancy } from './output/color.ts';
import { openProgress } from './output/progress.ts';
import type { Session } from './session.ts';

/** Something under way for one target, and how it went. */
export interface Deed {
  readonly outcome?: Outcome;
  readonly failure?: Failure;
}

/** Waits for all the deeds' actions in one go, then sends what each has left to send, until nothing is left. Actions in the result have ended. */
export async function finishDeeds(
  session: Session,
  api: Api,
  deeds: readonly Deed[],
  options: { wait: boolean; quiet: boolean },
): Promise<Deed[]> {
  let current = [...deeds];
  for (;;) {
    if (options.wait) current = await waitFor(session, api, current, options.quiet);
    const left = current.some(({ outcome, failure }) => outcome?.next && !failure);
    if (!left) return current;
    current = await Promise.all(current.map(proceed));
  }
}

async function proceed(deed: Deed): Promise<Deed> {
  const { outcome } = deed;
  if (!outcome?.next || deed.failure) return deed;
  try {
    const following = await outcome.next();
    return {
      outcome: {
        value: merge(outcome.value, following.value),
        actions: [...(outcome.actions ?? []), ...(following.actions ?? [])],
        next: following.next,
      },
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { outcome: { ...outcome, next: undefined }, failure: error };
  }
}

function merge(before: unknown, after: unknown): unknown {
  return typeof before === 'object' && typeof after === 'object' ? { ...before, ...after } : (after ?? before);
}

async function waitFor(session: Session, api: Api, deeds: readonly Deed[], quiet: boolean): Promise<Deed[]> {
  const actions = deeds.flatMap(({ outcome }) => outcome?.actions ?? []);
  if (actions.length === 0) return [...deeds];
  const latest = new Map<number, Action>(actions.map(action => [action.id, action]));
  // One that failed in an earlier round would end the waiting for all the others.
  const running = actions.filter(({ status }) => status === 'running');
  await waitShown(session, api, running, { quiet, onProgress: action => latest.set(action.id, action) });
  return deeds.map(deed => {
    const ended = deed.outcome?.actions?.map(action => latest.get(action.id) ?? action);
    const failed = ended?.filter(({ status }) => status === 'error') ?? [];
    const failure = deed.failure ?? (failed.length > 0 ? actionFailure(failed) : undefined);
    return { outcome: { ...deed.outcome, actions: ended }, failure };
  });
}

/** Waits with progress on standard error. Actions that failed are left to the caller; every other trouble is thrown. */
export async function waitShown(
  session: Session,
  api: Api,
  actions: readonly Action[],
  options: { quiet: boolean; onProgress?: (action: Action) => void },
): Promise<void> {
  const { world, settings } = session;
  const progress = openProgress(world, {
    enabled: !options.quiet && !settings.quiet,
    fancy: isFancy(world.err, world.env),
  });
  const failed = new Set<number>();
  try {
    await api.wait(actions, action => {
      if (action.status === 'error') failed.add(action.id);
      options.onProgress?.(action);
      progress.update(action);
    });
  } catch (error) {
    if (failed.size === 0 || !(error instanceof Failure) || error.code !== 'refused') throw error;
  } finally {
    progress.done();
  }
}

/** What a failed action means for its command. */
export function actionFailure(failed: readonly Action[]): Failure {
  const reasons = failed.map(
    ({ command, error }) => `${command} failed: ${error?.message ?? 'no reason given'} (${error?.code ?? 'unknown'})`,
  );
  return new Failure('refused', reasons.join('; '), { apiCode: failed[0]?.error?.code, details: { actions: failed } });
}
