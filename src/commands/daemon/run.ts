import { command } from '../command.ts';
import { configWords, daemonEnvironment, daemonFields } from './program.ts';

/** `daemon run`: the daemon in the foreground. */
export const run = command({
  name: 'run',
  summary: 'Run the daemon in the foreground, until Ctrl-C',
  description:
    'For trying out and for supervisors other than systemd, which may as well run the program cloudctld itself. Its log goes to standard error.',
  fields: daemonFields,
  examples: ['cloudctl daemon run', 'cloudctl daemon run --config ./cloudctld.toml'],
  exits: ['busy'],
  async run({ world }, input) {
    const { spawn } = await import('node:child_process');
    const words = [world.programs.daemon, 'run', ...configWords(input.config)];
    // In a group of its own: Ctrl-C at the terminal would reach it twice, and the second time ends it at once.
    const child = spawn(process.execPath, words, { stdio: 'inherit', detached: true, env: daemonEnvironment(world) });
    const kill = () => void child.kill('SIGKILL');
    const end = () => void child.kill('SIGTERM');
    process.once('exit', kill);
    world.signal.addEventListener('abort', end);
    try {
      return await new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
      });
    } finally {
      process.removeListener('exit', kill);
      world.signal.removeEventListener('abort', end);
    }
  },
});
