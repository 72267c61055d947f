const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Milliseconds as a person would give them: `14d`, `1d12h`, `90s` is `1m30s`; a part of a millisecond is left out. */
export function writeDuration(milliseconds: number): string {
  let rest = Math.floor(milliseconds);
  const parts = units.map(([name, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count > 0 ? `${count}${name}` : '';
  });
  return parts.join('') || '0s';
}

/** A moment to the second, in UTC: `2026-11-24T03:00:00Z`. */
export function writeTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, -5)}Z`;
}

/** A moment to the second as a label's value, which takes no colon: `20261123T064511Z`. */
export function writeStamp(time: number): string {
  return writeTime(time).replaceAll(/[-:]/g, '');
}
