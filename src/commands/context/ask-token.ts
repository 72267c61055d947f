import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';
import { openStream } from '../output/stream.ts';

/** Asks for a token on the terminal without showing it; `interrupted` by Ctrl-C, Ctrl-D and the end of input. */
export async function askToken(
  world: Pick<World, 'err' | 'signal'>,
  origin: string,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<string> {
  const [{ default: inquirer }, output] = await Promise.all([import('inquirer'), openStream(world.err)]);
  // readline closes on Ctrl-D without a word, and inquirer would then wait for ever.
  const closed = new AbortController();
  const close = () => closed.abort();
  const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') close();
  };
  input.on('keypress', onKey).once('end', close);
  const signal = AbortSignal.any([world.signal, closed.signal]);
  const prompt = inquirer.createPromptModule({ input: input as NodeJS.ReadStream, output, signal });
  try {
    const answers = await prompt([{ type: 'password', name: 'token', message: `Token for ${origin}:`, mask: '*' }]);
    return String(answers.token);
  } catch (error) {
    if (!(error instanceof Error) || !['ExitPromptError', 'AbortPromptError'].includes(error.name)) throw error;
    throw new Failure('interrupted', 'no token was given, nothing was changed');
  } finally {
    input.removeListener('keypress', onKey).removeListener('end', close);
  }
}
