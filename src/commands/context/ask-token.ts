import type { World } from '../../core/world.ts';
import { prompt } from '../output/prompt.ts';

/** Asks for a token on the terminal without showing it; `interrupted` by Ctrl-C, Ctrl-D and the end of input. */
export async function askToken(
  world: Pick<World, 'err' | 'signal'>,
  origin: string,
  input?: NodeJS.ReadableStream,
): Promise<string> {
  return String(await prompt(world, { type: 'password', message: `Token for ${origin}:`, mask: '*' }, input));
}
