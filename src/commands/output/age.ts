const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** The length of `ms` milliseconds in its largest whole unit: `12s`, `2m`, `5h`, `3d`, `1y`; `in 3d` when negative. */
export function formatAge(ms: number): string {
  if (ms < 0) return ms > -second ? '0s' : `in ${formatAge(-ms)}`;
  if (ms < minute) return `${Math.floor(ms / second)}s`;
  if (ms < hour) return `${Math.floor(ms / minute)}m`;
  if (ms < day) return `${Math.floor(ms / hour)}h`;
  if (ms < year) return `${Math.floor(ms / day)}d`;
  return `${Math.floor(ms / year)}y`;
}

/** The time as RFC 3339 in UTC, without fractions where there are none; `-` for an invalid date. */
export function formatTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return '-';
  const text = time.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
