import type { Ora } from 'ora';
import type { Action } from '../../core/api.ts';
import type { World } from '../../core/world.ts';
import { nameAction } from './details.ts';
import { escapeControls } from './escape.ts';
import type { Progress } from './progress.ts';
import { openStream } from './stream.ts';
import { cutToWidth } from './width.ts';

/** One line on the terminal for all running actions, with their common percentage and the seconds so far. */
export function openSpinner({ err, clock }: Pick<World, 'err' | 'clock'>): Progress {
  const started = clock.now();
  const actions = new Map<number, Action>();
  let sentence = '';
  let spinner: Ora | undefined;
  let phase: 'idle' | 'drawing' | 'ended' = 'idle';

  const seconds = () => `${Math.floor((clock.now() - started) / 1000)}s`;
  // Room is left for the spinner, the seconds and one column, so that the terminal does not wrap.
  const text = () => cutToWidth(summarize([...actions.values()], sentence), Math.max(20, err.columns - 10));

  const draw = async () => {
    const [{ default: ora }, stream] = await Promise.all([import('ora'), openStream(err)]);
    if (phase === 'ended') return;
    // Ctrl-C must stay a signal, so ora may not take standard input.
    spinner = ora({ stream, isEnabled: true, discardStdin: false, color: false, text: text(), suffixText: seconds });
    spinner.start();
  };

  return {
    update(step) {
      if (typeof step === 'string') sentence = escapeControls(step);
      else actions.set(step.id, step);
      if (spinner) spinner.text = text();
      if (phase !== 'idle') return;
      phase = 'drawing';
      void draw();
    },
    done() {
      phase = 'ended';
      spinner?.stop();
      spinner = undefined;
    },
  };
}

/** What is being waited for, in one line that is safe to print. */
export function summarize(actions: readonly Action[], sentence: string): string {
  const running = actions.filter(action => action.status === 'running');
  if (running.length === 0) return sentence || 'Waiting';
  const percent = Math.floor(actions.reduce((sum, action) => sum + action.progress, 0) / actions.length);
  const names = running.map(nameAction).join(', ');
  const count = running.length > 1 ? `${running.length} actions: ` : '';
  return escapeControls(`Waiting for ${count}${names} ${percent}%`);
}
