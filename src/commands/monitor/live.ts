import { Failure, failures, toFailure } from '../../core/failure.ts';
import { formatAge } from '../output/age.ts';
import { isFancy, statusPaint } from '../output/color.ts';
import { escapeControls } from '../output/escape.ts';
import { cutToWidth } from '../output/width.ts';
import type { Session } from '../session.ts';
import { drawRows } from './draw.ts';
import type { MonitorRow } from './row.ts';
import type { Source } from './source.ts';

/** A screen of its own without a cursor, and back: what was on the terminal is there again. */
const [enter, leave] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'];

const usualRows = 24;

/** Shows the rows that `read` gives, again every `interval` milliseconds, until Ctrl-C (then 130), the end of the time, or the reader has gone; the terminal is left as it was however that ends. */
export async function showLive(
  session: Session,
  source: Source,
  read: () => Promise<MonitorRow[]>,
  interval: number,
): Promise<number> {
  const { out, clock, signal } = session.world;
  const end = clock.now() + (session.settings.timeout ?? Number.POSITIVE_INFINITY);
  let rows: MonitorRow[] | undefined;
  let fault: Failure | undefined;
  out.write(enter);
  try {
    for (;;) {
      try {
        rows = await read();
        fault = undefined;
      } catch (error) {
        fault = toFailure(error);
        // What cannot get better is told where it can be read.
        if (!rows || signal.aborted || !failures[fault.code].again) throw fault;
      }
      out.write(frameOf(session, source, rows, fault));
      if (out.closed || clock.now() + interval > end) return 0;
      await clock.sleep(interval, signal);
      signal.throwIfAborted();
    }
  } catch (error) {
    if (signal.aborted || (error instanceof Failure && error.code === 'interrupted')) return failures.interrupted.exit;
    throw error;
  } finally {
    out.write(leave);
  }
}

/** A whole screen in one write, each line over the one before: nothing is cleared, so that nothing flickers. */
function frameOf({ world }: Session, source: Source, rows: readonly MonitorRow[], fault: Failure | undefined): string {
  const { out, env, clock } = world;
  const height = out.rows ?? usualRows;
  const paint = statusPaint(isFancy(out, env));
  const [head, ...lines] = drawRows(rows, { columns: out.columns, paint });
  const room = Math.max(1, height - 4);
  const hidden = lines.length - room;
  const shown = hidden > 0 ? [...lines.slice(0, room - 1), `... and ${hidden + 1} more: use --filter`] : lines;
  const foot = fault ? escapeControls(`cannot be read: ${fault.message}`) : 'Ctrl-C ends';
  const text = [cutToWidth(titleOf(source, rows, clock.now()), out.columns), '', head!, ...shown];
  while (text.length < height - 1) text.push('');
  text.push(cutToWidth(foot, out.columns));
  return `\x1b[?2026h\x1b[H${text.map(line => `${line}\x1b[K`).join('\r\n')}\x1b[J\x1b[?2026l`;
}

/** `12 servers, 11 running, from the daemon, 2m old   14:05:10 UTC`. */
export function titleOf({ from }: Pick<Source, 'from'>, rows: readonly MonitorRow[], now: number): string {
  const running = rows.filter(({ status }) => status === 'running').length;
  const lags = rows.flatMap(({ lag }) => lag ?? []);
  const age = lags.length > 0 ? `, figures up to ${formatAge(Math.max(...lags))} old` : '';
  const time = new Date(now).toISOString().slice(11, 19);
  return `${rows.length} server${rows.length === 1 ? '' : 's'}, ${running} running, from ${from}${age}   ${time} UTC`;
}
