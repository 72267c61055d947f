import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';
import { escapeControls } from './escape.ts';
import { openStream } from './stream.ts';

/** A question as inquirer takes it, without its name. */
export type Question = Readonly<Record<string, unknown>> & { readonly type: string; readonly message: string };

/** Puts one question on standard error, which must be a terminal, and gives the answer; `interrupted` by Ctrl-C, Ctrl-D and the end of input. */
export async function prompt(
  world: Pick<World, 'err' | 'signal'>,
  question: Question,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<unknown> {
  const [{ default: inquirer }, output] = await Promise.all([import('inquirer'), openStream(world.err)]);
  // readline closes on Ctrl-D without a word, and inquirer would then wait for ever.
  const closed = new AbortController();
  const close = () => closed.abort();
  const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') close();
  };
  input.on('keypress', onKey).once('end', close);
  const signal = AbortSignal.any([world.signal, closed.signal]);
  const ask = inquirer.createPromptModule({ input: input as NodeJS.ReadStream, output, signal });
  try {
    const answers = (await ask([{ ...question, name: 'answer' }] as never)) as { answer: unknown };
    return answers.answer;
  } catch (error) {
    if (!(error instanceof Error) || !['ExitPromptError', 'AbortPromptError'].includes(error.name)) throw error;
    throw new Failure('interrupted', 'stopped at a question, nothing was changed', { cause: error });
  } finally {
    input.removeListener('keypress', onKey).removeListener('end', close);
  }
}

/** Asks yes or no on standard error, no being the default; `usage` where there is no terminal to ask on. */
export async function confirm(
  world: Pick<World, 'stdin' | 'err' | 'signal'>,
  question: string,
  input?: NodeJS.ReadableStream,
): Promise<boolean> {
  if (!world.stdin.isTTY || !world.err.isTTY) {
    throw new Failure('usage', 'confirmation needed, and there is no terminal to ask on', {
      hint: 'Add --yes to agree',
    });
  }
  return Boolean(await prompt(world, { type: 'confirm', message: escapeControls(question), default: false }, input));
}
