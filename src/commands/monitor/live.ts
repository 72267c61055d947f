import { Failure, failures, toFailure } from '../../core/failure.ts';
import type { Key } from '../../core/world.ts';
import { isFancy } from '../output/color.ts';
import type { Session } from '../session.ts';
import { chooseRows, type Order, sortRows } from './choose.ts';
import { drawFrame } from './frame.ts';
import type { MonitorRow } from './row.ts';
import type { Source } from './source.ts';
import { firstView, press } from './view.ts';

/** A screen of its own without a cursor, whose lines are not broken, and back: what was on the terminal is there again. */
const [enter, leave] = ['\x1b[?1049h\x1b[?25l\x1b[?7l', '\x1b[?7h\x1b[?25h\x1b[?1049l'];

const usualRows = 24;

/** What is shown at first. */
export interface Live {
  readonly source: Source;
  readonly passes: ReturnType<typeof chooseRows>;
  readonly order: Order;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** Shows the servers, again every `interval` and at each key, until `q`, Ctrl-C (then 130), the end of the time, or the reader has gone; the terminal is left as it was however that ends. */
export async function showLive(
  { world, settings }: Session,
  { source, passes, order, interval }: Live,
): Promise<number> {
  const { out, env, clock, signal, stdin } = world;
  const end = clock.now() + (settings.timeout ?? Number.POSITIVE_INFINITY);
  let view = firstView(order);
  let known: MonitorRow[] | undefined;
  let fault: Failure | undefined;
  let isOver = false;
  let wake = () => {};
  let [finish, fail] = [(_: number) => {}, (_: unknown) => {}];
  const finished = new Promise<number>((resolve, reject) => {
    [finish, fail] = [resolve, reject];
  });
  /** What goes wrong at a key or a new size ends the command as everything else does. */
  const guarded =
    <T extends unknown[]>(work: (...given: T) => void) =>
    (...given: T) => {
      try {
        work(...given);
      } catch (error) {
        fail(error);
      }
    };

  const shown = () => sortRows((known ?? []).filter(filterOf(view.typed ?? view.filter)), view.order);

  /** A whole screen in one write, each line over the one before: nothing is cleared, so that nothing flickers. */
  function draw(): void {
    if (isOver || !known) return;
    const about = { from: source.from, rows: shown(), now: clock.now(), ...(fault && { fault: fault.message }) };
    const size = { columns: out.columns, height: out.rows ?? usualRows };
    const lines = drawFrame(about, view, { ...size, hasColors: isFancy(out, env), hasKeys: stdin.isTTY });
    out.write(`\x1b[?2026h\x1b[H${lines.map(line => `${line}\x1b[K`).join('\r\n')}\x1b[J\x1b[?2026l`);
  }

  async function look(): Promise<void> {
    try {
      known = await source.read(passes, false);
      fault = undefined;
    } catch (error) {
      fault = toFailure(error);
      // What cannot get better is told where it can be read.
      if (!known || signal.aborted || !failures[fault.code].again) throw fault;
    }
  }

  async function keepLooking(): Promise<number> {
    for (let isAsked = true; ; ) {
      if (isAsked || !view.isPaused) await look();
      draw();
      if (isOver || out.closed || clock.now() + interval > end) return 0;
      const woken = new AbortController();
      wake = () => woken.abort();
      await clock.sleep(interval, AbortSignal.any([signal, woken.signal])).catch(() => {});
      signal.throwIfAborted();
      isAsked = woken.signal.aborted;
    }
  }

  function hear(key: Key): void {
    const { view: next, does } = press(view, key, shown());
    view = next;
    if (does === 'quit') finish(0);
    else if (does === 'interrupt') finish(failures.interrupted.exit);
    else draw();
    if (does === 'read') wake();
  }

  out.write(enter);
  const stops = [out.onResize(guarded(draw))];
  try {
    if (stdin.isTTY) stops.push(stdin.listen(guarded(hear)));
    return await Promise.race([finished, keepLooking()]);
  } catch (error) {
    if (signal.aborted || (error instanceof Failure && error.code === 'interrupted')) return failures.interrupted.exit;
    throw error;
  } finally {
    isOver = true;
    wake();
    for (const stop of stops) stop();
    out.write(leave);
  }
}

/** A pattern that is none, or is still being typed, chooses nothing. */
function filterOf(filter: string): ReturnType<typeof chooseRows> {
  try {
    return chooseRows({ filter });
  } catch {
    return () => false;
  }
}
