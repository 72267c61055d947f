import type { Screen } from '../../core/world.ts';

type Paint = (text: string) => string;

/** The four colours in use; each gives the text back unchanged when colours are off. */
export interface Colors {
  readonly green: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly dim: Paint;
}

/** True when the screen is a terminal that may be decorated: not with `NO_COLOR`, nor with `TERM=dumb`. */
export function isFancy(screen: Pick<Screen, 'isTTY'>, env: Readonly<Record<string, string | undefined>>): boolean {
  return screen.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Colours for a screen; `enabled` is what `isFancy` says of it. */
export function colors(enabled: boolean): Colors {
  const paint = (open: number, close: number): Paint =>
    enabled ? text => `\x1b[${open}m${text}\x1b[${close}m` : text => text;
  return { green: paint(32, 39), red: paint(31, 39), yellow: paint(33, 39), dim: paint(2, 22) };
}

const painted = new Set(['status', 'result', 'state', 'health']);
const good = new Set(['running', 'available', 'success', 'done', 'ok', 'up', 'active', 'healthy']);
const bad = new Set(['off', 'error', 'failed', 'down', 'unavailable', 'unhealthy']);

/** The painter of tables: green, red or yellow for the words of status columns; undefined when colours are off. */
export function statusPaint(enabled: boolean): ((column: string, text: string) => string) | undefined {
  if (!enabled) return undefined;
  const { green, red, yellow } = colors(true);
  return (column, text) => {
    if (!painted.has(column) || text === '-') return text;
    if (good.has(text)) return green(text);
    return bad.has(text) ? red(text) : yellow(text);
  };
}
