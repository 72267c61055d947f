import { resample } from '../../core/metrics/chart.ts';
import { escapeControls } from '../output/escape.ts';
import { cutToWidth, displayWidth } from '../output/width.ts';
import type { MonitorRow } from './row.ts';

/** How the table is drawn. */
export interface Canvas {
  readonly columns: number;
  /** Colours a word of a column; undefined where colours are off. */
  readonly paint?: (column: string, text: string) => string;
}

const bars = '▁▂▃▄▅▆▇█';

/** The values, from 0 to `top`, as a row of bars of that width; a blank where none is known. */
export function sparkline(values: readonly (number | null)[], width: number, top: number): string {
  const samples = values.flatMap((value, index): [number, number][] => (value === null ? [] : [[index + 0.5, value]]));
  const points = resample(samples, { start: 0, end: Math.max(1, values.length) }, width);
  const bar = (value: number) => bars[Math.min(7, Math.max(0, Math.floor((value / top) * 8)))]!;
  return points.map(value => (value === undefined ? ' ' : bar(value))).join('');
}

/** Bytes a second in five characters at most: `1.2M`, `840K`. */
export function shortBytes(value: number | null): string {
  if (value === null) return '-';
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
  const number = value / 1024 ** power;
  return `${number.toFixed(number < 10 && power > 0 ? 1 : 0)}${['B', 'K', 'M', 'G', 'T'][power]}`;
}

interface Part {
  readonly title: string;
  readonly width: number;
  readonly right?: boolean;
  readonly column?: string;
  readonly cell: (row: MonitorRow) => string;
}

/** The table in lines no wider than the canvas, its head first. */
export function drawRows(rows: readonly MonitorRow[], { columns, paint }: Canvas): string[] {
  const parts = partsOf(rows, columns);
  const head = parts.map(({ title, width, right }) => fill(title, width, right)).join('  ');
  const lines = rows.map(row =>
    parts
      .map(({ width, right, column, cell }) => {
        const text = cutToWidth(escapeControls(cell(row)), width);
        const shown = column && paint ? paint(column, text) : text;
        const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
        return right ? blanks + shown : shown + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
  return [head.trimEnd(), ...lines];
}

function partsOf(rows: readonly MonitorRow[], columns: number): Part[] {
  const widest = (cell: (row: MonitorRow) => string, least: number) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(escapeControls(cell(row)))), least);
  const hasAlerts = rows.some(({ alerts }) => alerts !== undefined);
  const fixed: Part[] = [
    { title: 'CPU', width: 5, right: true, cell: ({ cpu }) => (cpu.last === null ? '-' : `${Math.round(cpu.last)} %`) },
    { title: 'DISK/s', width: 6, right: true, cell: ({ disk }) => shortBytes(disk) },
    { title: 'IN/s', width: 6, right: true, cell: row => shortBytes(row.in) },
    { title: 'OUT/s', width: 6, right: true, cell: ({ out }) => shortBytes(out) },
    { title: 'BACKUPS', width: 7, cell: ({ backups }) => (backups ? 'on' : 'off') },
    ...(hasAlerts
      ? [{ title: 'ALERTS', width: 6, right: true, cell: (row: MonitorRow) => String(row.alerts ?? '-') }]
      : []),
  ];
  const taken = fixed.reduce((sum, { width }) => sum + width + 2, 0);
  const left = Math.max(24, columns - taken);
  const status = Math.min(
    widest(row => row.status, 6),
    12,
  );
  const name = Math.min(
    widest(row => row.name, 4),
    Math.max(8, left - status - 4 - 8),
  );
  // One scale for all, so that rows can be compared.
  const top = rows.reduce((most, { cpu }) => Math.max(most, ...cpu.recent.map(value => value ?? 0)), 10);
  const spark = Math.max(4, Math.min(30, left - name - status - 4));
  const [cpu, ...others] = fixed;
  return [
    { title: 'NAME', width: name, cell: row => row.name },
    { title: 'STATUS', width: status, column: 'status', cell: row => row.status },
    { title: 'LAST HOUR', width: spark, cell: row => sparkline(row.cpu.recent, spark, top) },
    cpu!,
    ...others,
  ];
}

function fill(text: string, width: number, right = false): string {
  const cut = cutToWidth(text, width);
  return right ? cut.padStart(width) : cut.padEnd(width);
}
