/** How the word at the cursor is quoted. */
export type Quote = '' | '"' | "'";

/** A command line of bash up to the cursor. */
export interface BashLine {
  /** The words after the program's name as the program would get them; the last is the one at the cursor. */
  readonly words: readonly string[];
  /** The quote that is open at the cursor. */
  readonly quote: Quote;
  /** Characters of the last word that readline leaves alone: it completes what follows the last break or open quote. */
  readonly kept: number;
}

/** Splits what stands before the cursor as bash does; `breaks` are readline's, COMP_WORDBREAKS. Variables stay as typed. */
export function readBashLine(line: string, breaks: string): BashLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: Quote = '';
  let kept = 0;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index]!;
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      kept = 0;
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
      kept = word.length;
    } else if (character === '\\' && isEscape(quote, line[index + 1])) {
      index += 1;
      word = (word ?? '') + line[index]!;
    } else {
      word = (word ?? '') + character;
      // Readline keeps a `$` or `@` at the break in the word, for variables and hosts.
      if (quote === '' && breaks.includes(character)) kept = word.length - ('$@'.includes(character) ? 1 : 0);
    }
  }
  return { words: [...words, word ?? ''].slice(1), quote, kept };
}

function isEscape(quote: Quote, next: string | undefined): boolean {
  if (next === undefined || quote === "'") return false;
  return quote === '' || '"\\$`'.includes(next);
}

/** The text as it has to stand on a command line of bash, within that quote. */
export function quoteForBash(text: string, quote: Quote): string {
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&');
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuoted(text);
  return text.replace(/[^A-Za-z0-9_./:=@%+,\-\u0080-\u{10ffff}]/gu, '\\$&');
}

/** `$'...'`, the only way to write control characters. */
function ansiQuoted(text: string): string {
  const escaped = text.replace(/['\\\x00-\x1f\x7f]/g, found => {
    const code = found.charCodeAt(0);
    return code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, '0')}` : `\\${found}`;
  });
  return `$'${escaped}'`;
}
