import type { World } from '../../core/world.ts';
import { escapeControls } from '../output/escape.ts';
import { confirm, prompt } from '../output/prompt.ts';

/** One answer to choose; `disabled` says why it cannot be. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly disabled?: string;
}

/** A person at a terminal; every question throws `interrupted` as `prompt` does. */
export interface Ask {
  /** `check` says what is wrong with an answer, or true. */
  readonly text: (message: string, check: (answer: string) => string | true) => Promise<string>;
  readonly one: (message: string, choices: readonly Choice[]) => Promise<string>;
  readonly many: (message: string, choices: readonly Choice[]) => Promise<string[]>;
  readonly confirm: (message: string) => Promise<boolean>;
}

/** Asks on standard error and reads from `input`; nothing is loaded before the first question. */
export function openAsk(world: Pick<World, 'stdin' | 'err' | 'signal'>, input?: NodeJS.ReadableStream): Ask {
  const choose = (type: 'select' | 'checkbox', message: string, choices: readonly Choice[]) =>
    prompt(world, { type, message, choices: choices.map(safe), loop: false, pageSize: 12 }, input);
  return {
    text: async (message, validate) => String(await prompt(world, { type: 'input', message, validate }, input)),
    one: async (message, choices) => String(await choose('select', message, choices)),
    many: async (message, choices) => (await choose('checkbox', message, choices)) as string[],
    confirm: message => confirm(world, message, input),
  };
}

function safe(choice: Choice) {
  const name = escapeControls(choice.name);
  return { ...choice, name, short: escapeControls(choice.value) || name };
}
