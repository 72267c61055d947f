import { hashText } from '../hash.ts';

/** When a check is due next after that moment (ms): at multiples of its interval, moved by a part of it that is the check's own, so that many checks are spread and none drifts, however late one is. */
export function nextDue(id: number, interval: number, after: number): number {
  const drawn = Number.parseInt(hashText(`check/${id}`).slice(0, 8), 16) / 2 ** 32;
  const phase = Math.floor(drawn * interval);
  return (Math.floor((after - phase) / interval) + 1) * interval + phase;
}
