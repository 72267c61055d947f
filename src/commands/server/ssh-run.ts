import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';

/** Runs ssh on this terminal and resolves with its exit status; 128 and the number of the signal that ended it. */
export async function runSsh(
  { env, signal }: Pick<World, 'env' | 'signal'>,
  words: readonly string[],
): Promise<number> {
  const { execa } = await import('execa');
  const ended = await execa('ssh', words, {
    stdio: 'inherit',
    reject: false,
    env: { ...env },
    extendEnv: false,
    cancelSignal: signal,
  });
  if (ended.exitCode !== undefined) return ended.exitCode;
  const { constants } = await import('node:os');
  if (ended.signal !== undefined) return 128 + constants.signals[ended.signal as NodeJS.Signals];
  if (signal.aborted) throw new Failure('interrupted', 'stopped before ssh had started');
  if (ended.code === 'ENOENT') {
    throw new Failure('usage', 'ssh is not installed', {
      hint: 'Install OpenSSH, such as with apt install openssh-client',
    });
  }
  throw new Failure('unexpected', `ssh did not start: ${ended.shortMessage}`, { cause: ended });
}
