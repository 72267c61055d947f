import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import { temporaryHome } from '../helpers/run.ts';
import { plainEnvironment, program } from './binary.ts';

/** The built program on a terminal of tmux, with a server of its own. */
export interface Terminal {
  /** Waits until the text is on the screen, and gives the screen with lines joined where the terminal broke them. */
  shows(text: string): Promise<string>;
  /** Waits until the screen is as it is wanted, and gives it; `what` is told where it never is. */
  becomes(what: string, test: (screen: string) => boolean): Promise<string>;
  /** Presses keys one after another, by the names that tmux has for them. */
  press(...keys: string[]): void;
  /** Gives the terminal another size. */
  resize(columns: number, rows: number): void;
  /** Whether a program has a screen of its own, and whether the cursor is seen. */
  state(): { readonly isOwnScreen: boolean; readonly hasCursor: boolean };
  /** The process on the terminal that runs the program. */
  pid(): number;
  /** Waits until the program has ended, and gives its exit status and what is on the screen then. */
  ends(): Promise<{ readonly status: number; readonly screen: string }>;
  /** Takes the terminal away, and with it what still runs there. */
  close(): void;
}

/** Starts the built program on a terminal, of 200 columns where no size is given. */
export function openTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { columns = 200, rows = 40 } = {},
): Terminal {
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
  tmux(
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(rows),
    'sh',
    '-c',
    script,
    'sh',
    process.execPath,
    program,
    ...argv,
  );
  const becomes = (what: string, test: (screen: string) => boolean) =>
    until(() => {
      const shown = screen();
      if (!test(shown)) throw new Error(`the terminal does not show ${what}:\n${shown}`);
      return shown;
    });
  const ask = (format: string) => tmux('display-message', '-p', format);
  return {
    becomes,
    shows: text => becomes(`'${text}'`, shown => shown.includes(text)),
    press: (...keys) => void tmux('send-keys', ...keys),
    resize: (columns, rows) => void tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    state: () => ({ isOwnScreen: ask('#{alternate_on}') === '1', hasCursor: ask('#{cursor_flag}') === '1' }),
    pid: () => Number(execFileSync('pgrep', ['-P', ask('#{pane_pid}')], { encoding: 'utf8' }).trim()),
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
