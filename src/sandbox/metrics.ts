import type { Metrics } from '../core/hetzner/types.ts';

/** The kinds of metrics, and the series of each: name, level, and how far it swings. */
export const series: Readonly<Record<string, readonly (readonly [string, number, number])[]>> = {
  cpu: [['cpu', 18, 14]],
  disk: [
    ['disk.0.iops.read', 6, 5],
    ['disk.0.iops.write', 14, 9],
    ['disk.0.bandwidth.read', 90_000, 80_000],
    ['disk.0.bandwidth.write', 210_000, 160_000],
  ],
  network: [
    ['network.0.pps.in', 42, 30],
    ['network.0.pps.out', 37, 28],
    ['network.0.bandwidth.in', 23_000, 19_000],
    ['network.0.bandwidth.out', 31_000, 26_000],
  ],
};

const unasked = 200;
const most = 500;

/** The step in seconds: at most 200 samples unless a step is asked for, and 500 in any case. */
export function chooseStep(seconds: number, asked: number | undefined): number {
  const least = Math.ceil(seconds / (asked === undefined ? unasked : most));
  return Math.max(1, asked ?? 1, least);
}

/** Samples of the kinds from start to end (ms, the end left out), as they follow from the id of the server and the time. */
export function sample(id: number, cores: number, kinds: readonly string[], start: number, end: number, step: number) {
  const time_series: Metrics['time_series'] = {};
  for (const kind of kinds) {
    for (const [name, level, swing] of series[kind] ?? []) {
      const factor = name === 'cpu' ? cores / 2 : 1;
      const values: [number, string][] = [];
      for (let at = start; at < end; at += step * 1000) {
        const value = factor * (level + swing * wave(id + name.length * 31, at / 1000));
        values.push([at / 1000, value.toFixed(6)]);
      }
      time_series[name] = { values };
    }
  }
  return time_series;
}

/** From -1 to 1: a daily rhythm, a shorter one, and noise that is the same for the same id and time. */
function wave(id: number, seconds: number): number {
  const day = Math.sin(((seconds / 86_400) * 2 + (id % 97) / 97) * Math.PI);
  const hour = Math.sin((seconds / 1700 + (id % 13)) * Math.PI);
  const noise = Math.sin(id * 12.9898 + seconds * 78.233) * 43_758.5453;
  return 0.5 * day + 0.3 * hour + 0.4 * (noise - Math.floor(noise) - 0.5);
}
