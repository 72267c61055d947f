import type { World } from '../../core/world.ts';
import { readBashLine } from './bash-line.ts';
import { type Answer, nothing } from './candidate.ts';
import { replyToBash, replyToFish, replyToZsh } from './reply.ts';
import { suggest } from './suggest.ts';

/**
 * Answers one TAB: `zsh|fish -- <words after the program's name>`, or `bash -- <line to the cursor> <COMP_WORDBREAKS>`, all after `__complete`.
 * Never throws and writes no error: a shell is waiting, and a person is typing.
 */
export async function complete(argv: readonly string[], world: World): Promise<void> {
  const [shell, separator, ...rest] = argv;
  if (separator !== '--') return;
  if (shell === 'bash') {
    const line = readBashLine(rest[0] ?? '', rest[1] ?? '');
    world.out.write(replyToBash(await attempt(line.words, world), line));
  } else if (shell === 'zsh') {
    world.out.write(replyToZsh(await attempt(rest, world)));
  } else if (shell === 'fish') {
    world.out.write(replyToFish(await attempt(rest, world)));
  }
}

async function attempt(words: readonly string[], world: World): Promise<Answer> {
  try {
    return await suggest(words, world);
  } catch {
    // A configuration that cannot be read is told of by the command itself, when it runs.
    return nothing;
  }
}
