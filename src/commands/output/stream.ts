import type { Screen } from '../../core/world.ts';

/** The screen as a Node stream with a terminal's methods, for libraries that draw on one. */
export async function openStream(screen: Screen): Promise<NodeJS.WriteStream> {
  const { Writable } = await import('node:stream');
  const readline = await import('node:readline');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, callback) {
      screen.write(chunk.toString());
      callback();
    },
  });
  const terminal = {
    isTTY: screen.isTTY,
    // A pseudo-terminal of no size says 0, and ora would then clear lines for ever.
    columns: screen.columns || 80,
    cursorTo: (x: number, y?: number) => readline.cursorTo(stream, x, y),
    moveCursor: (dx: number, dy: number) => readline.moveCursor(stream, dx, dy),
    clearLine: (direction: -1 | 0 | 1) => readline.clearLine(stream, direction),
  };
  return Object.assign(stream, terminal) as unknown as NodeJS.WriteStream;
}
