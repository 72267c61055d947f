/** The text within HTML or an attribute of it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, found => `&#${found.charCodeAt(0)};`);
}

const dates = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
const times = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });

/** `25 Nov 2026`, of a date or a time of RFC 3339. */
export function dateOf(time: string): string {
  return dates.format(new Date(time));
}

/** `25 Nov 2026, 15:41` as an element that programs can read. */
export function timeElement(time: string): string {
  return `<time datetime="${escapeHtml(time)}">${dateOf(time)}, ${times.format(new Date(time))}</time>`;
}

/** `25 Nov 2026, 14:41 to 16:41`, with the day of the end where that is another one. */
export function timesElement(from: string, to: string): string {
  const end = `<time datetime="${escapeHtml(to)}">${times.format(new Date(to))}</time>`;
  return `${timeElement(from)} to ${dateOf(from) === dateOf(to) ? end : timeElement(to)}`;
}

/** `2 d 4 h`, `1 h 5 min`, `under a minute`: two units at most. */
export function lengthOf(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return 'under a minute';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `99.954 %`. */
export function percentOf(uptime: number | null): string {
  return uptime === null ? 'unknown' : `${uptime} %`;
}
