import { drawLine, resample } from '../../core/metrics/chart.ts';
import { formatAge } from '../output/age.ts';
import { statusPaint } from '../output/color.ts';
import { escapeControls } from '../output/escape.ts';
import { cutToWidth } from '../output/width.ts';
import { drawRows, shortBytes } from './draw.ts';
import type { MonitorRow } from './row.ts';
import type { Source } from './source.ts';
import { keys, type View } from './view.ts';

/** What a frame is drawn on. */
export interface Canvas {
  readonly columns: number;
  readonly height: number;
  readonly hasColors: boolean;
  /** Whether keys are heard. */
  readonly hasKeys: boolean;
}

/** What is known, and what is wrong where it could not be read anew. */
export interface Known {
  readonly from: Source['from'];
  readonly rows: readonly MonitorRow[];
  readonly now: number;
  readonly fault?: string;
}

/** All lines of a screen, from the first to the last, none wider than it but for its colours. */
export function drawFrame({ from, rows, now, fault }: Known, view: View, canvas: Canvas): string[] {
  const { columns, height, hasKeys } = canvas;
  const room = Math.max(1, height - 5);
  const cut = (text: string) => cutToWidth(escapeControls(text), columns);
  const marked = rows.find(({ id }) => id === view.marked);
  const foot =
    view.typed !== undefined
      ? `/${view.typed}_`
      : fault !== undefined
        ? `cannot be read: ${fault}`
        : hasKeys
          ? 'q quit  / filter  s sort  r read now  space pause  Enter more  ? keys'
          : 'Ctrl-C ends';
  const lines =
    view.panel === 'keys'
      ? keys.map(([key, does]) => cut(`${key.padEnd(20)}${does}`))
      : view.panel === 'server' && marked
        ? drawServer(marked, columns, room).map(cut)
        : drawTable(rows, view, canvas, room);
  const text = [cut(titleOf(from, rows, now)), cut(stateOf(view, rows.length, room)), '', ...lines.slice(0, room + 1)];
  while (text.length < height - 1) text.push('');
  return [...text.slice(0, height - 1), cut(foot)];
}

/** As many of the rows as there is room for, the marked one among them. */
function drawTable(rows: readonly MonitorRow[], view: View, { columns, hasColors }: Canvas, room: number): string[] {
  const [head, ...lines] = drawRows(rows, { columns, paint: statusPaint(hasColors) });
  const at = rows.findIndex(({ id }) => id === view.marked);
  const first = firstShown(at, rows.length, room);
  if (at >= 0) lines[at] = `\x1b[7m${lines[at]}\x1b[27m`;
  return [head!, ...lines.slice(first, first + room)];
}

function firstShown(marked: number, count: number, room: number): number {
  return Math.max(0, Math.min(marked - Math.floor(room / 2), count - room));
}

/** `12 servers, 11 running, from the daemon, figures up to 2m old   14:05:10 UTC`. */
function titleOf(from: Source['from'], rows: readonly MonitorRow[], now: number): string {
  const running = rows.filter(({ status }) => status === 'running').length;
  const lags = rows.flatMap(({ lag }) => lag ?? []);
  const age = lags.length > 0 ? `, figures up to ${formatAge(Math.max(...lags))} old` : '';
  const time = new Date(now).toISOString().slice(11, 19);
  return `${rows.length} server${rows.length === 1 ? '' : 's'}, ${running} running, from ${from}${age}   ${time} UTC`;
}

function stateOf({ order, filter, typed, isPaused }: View, count: number, room: number): string {
  const wanted = typed ?? filter;
  const parts = [`sorted by ${order}`, wanted && `filter ${wanted}`, isPaused && 'paused'];
  if (count > room) parts.push(`${room} of ${count} fit`);
  return parts.filter(Boolean).join(', ');
}

function drawServer(row: MonitorRow, columns: number, room: number): string[] {
  const { id, name, status, labels, backups, alerts, lag, cpu } = row;
  const facts = [
    ['server', `${name} (${id}), ${status}`],
    ['labels', Object.entries(labels).map(([label, value]) => `${label}=${value}`).join(' ') || '-'], // biome-ignore format: one line
    ['backups', backups ? 'on' : 'off'],
    ...(alerts === undefined ? [] : [['alerts', String(alerts)]]),
    ['disk', `${shortBytes(row.disk)}/s`],
    ['network', `in ${shortBytes(row.in)}/s, out ${shortBytes(row.out)}/s`],
    ['figures', lag === null ? 'none yet' : `${formatAge(lag)} old`],
  ].map(([key, value]) => `${key!.padEnd(10)}${value}`);
  const top = Math.max(10, ...cpu.recent.map(value => value ?? 0));
  const now = cpu.last === null ? '-' : `${cpu.last.toFixed(1)} %`;
  const title = `CPU of the last hour: now ${now}, upper edge ${Math.round(top)} %`;
  const rest = `More: cloudctl server metrics ${name} --since 24h`;
  const height = Math.max(1, Math.min(10, room - facts.length - 5));
  const width = Math.max(1, Math.min(columns, 100));
  const samples = cpu.recent.flatMap((value, at): [number, number][] => (value === null ? [] : [[at + 0.5, value]]));
  const points = resample(samples, { start: 0, end: Math.max(1, cpu.recent.length) }, width * 2);
  return [...facts, '', title, ...drawLine(points, { width, height, top }), '', rest];
}
