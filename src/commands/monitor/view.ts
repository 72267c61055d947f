import type { Key } from '../../core/world.ts';
import { type Order, orders } from './choose.ts';
import type { MonitorRow } from './row.ts';

/** What is shown of the servers, as the keys have it. */
export interface View {
  readonly order: Order;
  /** See `--filter`; empty for all. */
  readonly filter: string;
  /** What is being typed in place of the filter. */
  readonly typed: string | undefined;
  readonly isPaused: boolean;
  readonly panel: 'servers' | 'server' | 'keys';
  /** Id of the server that is marked. */
  readonly marked: number | undefined;
}

/** What the monitor has to do besides drawing. */
export type Deed = 'quit' | 'interrupt' | 'read';

/** What the keys are for: the key, and what it does. */
export const keys = [
  ['q', 'quit'],
  ['/', 'filter by a part of the name or the status, or a pattern; Enter keeps it, Escape does not'],
  ['s, S, right, left', 'order by the next column, or the one before'],
  ['up, down', 'mark a server'],
  ['Enter', 'more of the server that is marked; Escape leads back'],
  ['r', 'read at once'],
  ['space', 'pause, or go on'],
  ['?', 'these keys'],
] as const;

/** The view at first. */
export function firstView(order: Order): View {
  return { order, filter: '', typed: undefined, isPaused: false, panel: 'servers', marked: undefined };
}

/** The view after a key, and what else it means; `rows` are those that are shown, in their order. */
export function press(
  view: View,
  key: Key,
  rows: readonly MonitorRow[],
): { readonly view: View; readonly does?: Deed } {
  const { name, text, ctrl } = key;
  if (ctrl) return name === 'c' ? { view, does: 'interrupt' } : name === 'd' ? { view, does: 'quit' } : { view };
  if (view.typed !== undefined) return { view: type(view, view.typed, key) };
  if (view.panel !== 'servers' && ['escape', 'return', '?', 'backspace'].includes(text === '?' ? '?' : name))
    return { view: { ...view, panel: 'servers' } };
  if (text === '?') return { view: { ...view, panel: 'keys' } };
  if (text === '/') return { view: { ...view, panel: 'servers', typed: view.filter } };
  if (text === 'S') return { view: { ...view, order: beside(view.order, -1) } };
  const marked = rows.findIndex(({ id }) => id === view.marked);
  const mark = (index: number) => ({ ...view, marked: rows[Math.max(0, Math.min(index, rows.length - 1))]?.id });
  switch (name) {
    case 'q':
      return { view, does: 'quit' };
    case 'r':
      return { view, does: 'read' };
    case 'space':
      return { view: { ...view, isPaused: !view.isPaused }, ...(view.isPaused && { does: 'read' }) };
    case 's':
    case 'right':
      return { view: { ...view, order: beside(view.order, 1) } };
    case 'left':
      return { view: { ...view, order: beside(view.order, -1) } };
    case 'down':
      return { view: mark(marked + 1) };
    case 'up':
      return { view: mark(marked - 1) };
    case 'return':
      return { view: rows.length > 0 ? { ...mark(Math.max(0, marked)), panel: 'server' } : view };
    case 'escape':
      return { view: { ...view, filter: '' } };
    default:
      return { view };
  }
}

function type(view: View, typed: string, { name, text }: Key): View {
  const end = { ...view, typed: undefined };
  if (name === 'return' || name === 'enter') return { ...end, filter: typed.trim() };
  if (name === 'escape') return end;
  if (name === 'backspace') return { ...view, typed: typed.slice(0, -1) };
  const isText = text !== '' && !/\p{Cc}/u.test(text);
  return isText ? { ...view, typed: typed + text } : view;
}

function beside(order: Order, step: number): Order {
  const at = orders.indexOf(order);
  return orders[(at + step + orders.length) % orders.length]!;
}
