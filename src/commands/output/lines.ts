import type { Screen } from '../../core/world.ts';

const chunkLength = 65_536;

/** Writes each line with a newline after it, in few calls; takes no more lines once the reader has gone. */
export function writeLines(out: Screen, lines: Iterable<string>): void {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkLength) continue;
    if (out.closed) return;
    out.write(chunk);
    chunk = '';
  }
  if (chunk !== '' && !out.closed) out.write(chunk);
}
