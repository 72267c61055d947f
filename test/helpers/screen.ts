import type { Screen } from '../../src/core/world.ts';

/** A screen in memory; `closeAfter` writes the reader goes away. */
export interface FakeScreen extends Screen {
  /** Everything written so far. */
  readonly text: string;
  /** Each write by itself. */
  readonly writes: readonly string[];
  isTTY: boolean;
  columns: number;
  closed: boolean;
}

/** A screen to write to in tests: a pipe of 80 columns unless said otherwise. */
export function fakeScreen(options: { isTTY?: boolean; columns?: number; closeAfter?: number } = {}): FakeScreen {
  const writes: string[] = [];
  return {
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
    closed: false,
    onResize: () => () => {},
    writes,
    get text() {
      return writes.join('');
    },
    write(text) {
      if (this.closed) return;
      writes.push(text);
      if (writes.length >= (options.closeAfter ?? Number.POSITIVE_INFINITY)) this.closed = true;
    },
  };
}
