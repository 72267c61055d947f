import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import { temporaryHome } from '../helpers/run.ts';
import { plainEnvironment, program } from './binary.ts';

/** The built program on a terminal of tmux, with a server of its own. */
export interface Terminal {
  /** Waits until the text is on the screen, and gives the screen with lines joined where the terminal broke them. */
  shows(text: string): Promise<string>;
  /** Presses a key, by the name that tmux has for it. */
  press(key: string): void;
  /** Waits until the program has ended, and gives its exit status and what is on the screen then. */
  ends(): Promise<{ readonly status: number; readonly screen: string }>;
  /** Takes the terminal away, and with it what still runs there. */
  close(): void;
}

/** Starts the built program on a terminal of 200 columns. */
export function openTerminal(argv: readonly string[], env: Readonly<Record<string, string>>): Terminal {
  // Not in the user's home: tests look at all that is left there.
  const socket = join(temporaryHome(), 'tmux');
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...words], {
      env: plainEnvironment(undefined, env),
      encoding: 'utf8',
    }).trimEnd();
  const screen = () => tmux('capture-pane', '-p', '-J');
  const until = <T>(look: () => T) => vi.waitFor(look, { timeout: 15_000, interval: 50 });

  // A shell tells the exit status, as to a person; it outlives Ctrl-C, and cat keeps the screen.
  const script = 'trap : INT; "$@"; echo "Exit status $?."; exec cat';
  tmux('new-session', '-d', '-x', '200', '-y', '40', 'sh', '-c', script, 'sh', process.execPath, program, ...argv);
  return {
    shows: text =>
      until(() => {
        const shown = screen();
        if (!shown.includes(text)) throw new Error(`the terminal does not show '${text}':\n${shown}`);
        return shown;
      }),
    press: key => void tmux('send-keys', key),
    ends: () =>
      until(() => {
        const shown = screen();
        const status = /^Exit status (\d+)\.$/m.exec(shown)?.[1];
        if (status === undefined) throw new Error(`the program still runs:\n${shown}`);
        return { status: Number(status), screen: shown };
      }),
    close: () => void tmux('kill-server'),
  };
}
