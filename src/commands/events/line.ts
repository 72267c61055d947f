/** What an event tells, on one line: `check=web before=up reason="connection refused"`. What has a name is told by it. */
export function summaryOf(data: unknown): string {
  if (!isObject(data)) return data === null || data === undefined ? '' : wordOf(data);
  return Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${quote(wordOf(value))}`)
    .join(' ');
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordOf).join(',');
  if (!isObject(value)) return String(value);
  if (typeof value.name === 'string') return value.name;
  return Object.entries(value)
    .map(([name, inner]) => `${name}=${wordOf(inner)}`)
    .join(',');
}

function quote(word: string): string {
  return /[\s"]/.test(word) ? JSON.stringify(word) : word;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
