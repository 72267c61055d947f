import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';
import { escapeControls } from '../output/escape.ts';
import { confirm } from '../output/prompt.ts';
import { openStream } from '../output/stream.ts';

/** One answer to choose; `disabled` says why it cannot be. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly disabled?: string;
}

/** A person at a terminal; every question throws `interrupted` on Ctrl-C, Ctrl-D and the end of input. */
export interface Ask {
  /** `check` says what is wrong with an answer, or true. */
  readonly text: (message: string, check: (answer: string) => string | true) => Promise<string>;
  readonly one: (message: string, choices: readonly Choice[]) => Promise<string>;
  readonly many: (message: string, choices: readonly Choice[]) => Promise<string[]>;
  readonly confirm: (message: string) => Promise<boolean>;
}

/** Asks on standard error and reads from `input`; nothing is loaded before the first question. */
export function openAsk(
  world: Pick<World, 'stdin' | 'err' | 'signal'>,
  input: NodeJS.ReadableStream = process.stdin,
): Ask {
  return {
    text: async (message, validate) => String(await prompt(world, input, { type: 'input', message, validate })),
    one: async (message, choices) =>
      String(
        await prompt(world, input, { type: 'select', message, choices: choices.map(safe), loop: false, pageSize: 12 }),
      ),
    many: async (message, choices) =>
      (await prompt(world, input, {
        type: 'checkbox',
        message,
        choices: choices.map(safe),
        loop: false,
        pageSize: 12,
      })) as string[],
    confirm: message => confirm(world, message, input),
  };
}

async function prompt(
  world: Pick<World, 'err' | 'signal'>,
  input: NodeJS.ReadableStream,
  question: Readonly<Record<string, unknown>>,
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
    throw new Failure('interrupted', 'stopped at a question, nothing was created', { cause: error });
  } finally {
    input.removeListener('keypress', onKey).removeListener('end', close);
  }
}

function safe(choice: Choice) {
  const name = escapeControls(choice.name);
  return { ...choice, name, short: escapeControls(choice.value) || name };
}
