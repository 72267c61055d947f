import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';
import { escapeControls } from './escape.ts';
import { openStream } from './stream.ts';

/** Asks yes or no on stderr, no being the default; `usage` where there is no terminal to ask on, `interrupted` by Ctrl-C, Ctrl-D and the end of input. */
export async function confirm(
  world: Pick<World, 'stdin' | 'err' | 'signal'>,
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<boolean> {
  if (!world.stdin.isTTY || !world.err.isTTY) {
    throw new Failure('usage', 'confirmation needed, and there is no terminal to ask on', {
      hint: 'Add --yes to agree',
    });
  }
  // readline closes on Ctrl-D without a word, and inquirer would then wait for ever.
  const closed = new AbortController();
  const close = () => closed.abort();
  const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') close();
  };
  input.on('keypress', onKey).once('end', close);
  try {
    return await ask(world, escapeControls(question), input, AbortSignal.any([world.signal, closed.signal]));
  } catch (error) {
    if (!isPromptExit(error)) throw error;
    throw new Failure('interrupted', 'stopped at a question, nothing was changed', { cause: error });
  } finally {
    input.removeListener('keypress', onKey).removeListener('end', close);
  }
}

async function ask(
  world: Pick<World, 'err'>,
  message: string,
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<boolean> {
  const [{ default: inquirer }, output] = await Promise.all([import('inquirer'), openStream(world.err)]);
  const prompt = inquirer.createPromptModule({ input: input as NodeJS.ReadStream, output, signal });
  const { agreed } = await prompt([{ type: 'confirm', name: 'agreed', message, default: false }]);
  return agreed;
}

function isPromptExit(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
}
