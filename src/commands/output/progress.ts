import type { Action } from '../../core/api.ts';
import type { World } from '../../core/world.ts';
import { nameAction } from './details.ts';
import { escapeControls } from './escape.ts';
import { openSpinner } from './spinner.ts';

/** Tells on stderr what is being waited for. */
export interface Progress {
  /** An action as it stands now, or a sentence for work that is no action. */
  update(step: Action | string): void;
  /** Takes the spinner away; must be called before anything else is written to the terminal. */
  done(): void;
}

/** Progress on stderr: silent unless `enabled` (not with `--quiet` or a machine format), a spinner when `fancy`, else two lines an action. */
export function openProgress(
  world: Pick<World, 'err' | 'clock'>,
  options: { readonly enabled: boolean; readonly fancy: boolean },
): Progress {
  if (!options.enabled) return { update() {}, done() {} };
  return options.fancy ? openSpinner(world) : openLog(world);
}

function openLog({ err }: Pick<World, 'err'>): Progress {
  const begun = new Set<number>();
  const ended = new Set<number>();
  return {
    update(step) {
      if (typeof step === 'string') return err.write(`${escapeControls(step)}\n`);
      const name = escapeControls(`Waiting for ${nameAction(step)}`);
      if (!begun.has(step.id)) err.write(`${name} ...\n`);
      begun.add(step.id);
      if (step.status === 'running' || ended.has(step.id)) return;
      ended.add(step.id);
      err.write(`${name} ... ${describeEnd(step)}\n`);
    },
    done() {},
  };
}

function describeEnd(action: Action): string {
  if (action.status === 'success') return 'done';
  return escapeControls(`failed: ${action.error?.message ?? action.status}`);
}
