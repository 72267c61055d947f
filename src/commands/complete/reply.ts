import { escapeControls } from '../output/escape.ts';
import type { BashLine } from './bash-line.ts';
import { quoteForBash } from './bash-line.ts';
import type { Answer, Candidate } from './candidate.ts';

/** For bash: how to go on (`space`, `nospace`, `files`), then a line for each word that begins like the typed one, ready to insert. */
export function replyToBash({ candidates, files }: Answer, { words, quote, kept }: BashLine): string {
  const typed = words.at(-1) ?? '';
  const fitting = candidates.filter(({ word }) => word.startsWith(typed));
  const [only, ...others] = fitting;
  const open = only !== undefined && others.length === 0 && isOpen(only);
  const lines = fitting.map(({ word }) => quoteForBash(word.slice(kept), quote));
  return [files ? 'files' : open ? 'nospace' : 'space', ...lines].map(line => `${line}\n`).join('');
}

/** For fish: `words` or `files` with what is before the file's name, then `word<TAB>summary`; each ends with NUL. */
export function replyToFish({ candidates, files }: Answer): string {
  const lines = candidates.map(({ word, summary }) => (summary ? `${word}\t${escapeControls(summary)}` : word));
  return terminate([files ? `files${files.lead}` : 'words', ...lines]);
}

/** For zsh: `words` or `files` with what is before the file's name, then word, summary, and `nospace` or nothing; each ends with NUL. */
export function replyToZsh({ candidates, files }: Answer): string {
  const fields = candidates.flatMap(candidate => [
    candidate.word,
    escapeControls(candidate.summary ?? ''),
    isOpen(candidate) ? 'nospace' : '',
  ]);
  return terminate([files ? `files${files.lead}` : 'words', ...fields]);
}

/** True when more has to be typed after the word: `columns=`. */
function isOpen({ word }: Candidate): boolean {
  return word.endsWith('=');
}

function terminate(lines: readonly string[]): string {
  return lines.map(line => `${line.replaceAll('\0', '')}\0`).join('');
}
