/** An entry as the API gives it. */
export type EntryItem = Readonly<Record<string, unknown>>;

/** Severities of syslog: what was refused or failed is a warning. */
const severity: Readonly<Record<string, number>> = { begun: 6, done: 5, refused: 4, failed: 4 };
/** Facility 13 is `log audit`. */
const facility = 13;

/** An entry as one line, without the line break: JSON, or a record of RFC 5424 whose structured data has all of it. */
export function formatEntry(format: 'jsonl' | 'syslog', entry: EntryItem): string {
  return format === 'jsonl' ? JSON.stringify(entry) : syslog(entry);
}

function syslog(entry: EntryItem): string {
  const priority = facility * 8 + (severity[String(entry.result)] ?? 5);
  const data = Object.entries(entry)
    .filter(([name, value]) => name !== 'at' && value !== null && value !== undefined)
    .map(([name, value]) => `${name}="${escapeParameter(typeof value === 'object' ? JSON.stringify(value) : value)}"`);
  // 32473 is the number that RFC 5612 keeps for documentation: this program has none of its own.
  const structured = `[audit@32473 ${data.join(' ')}]`;
  const target = [entry.target_type, entry.target_name || entry.target_id].filter(Boolean).join(' ');
  const text = `${entry.actor}: ${entry.action} ${target}: ${entry.result}${entry.reason ? `: ${entry.reason}` : ''}`;
  return `<${priority}>1 ${entry.at} - cloudctl - audit ${structured} \ufeff${onOneLine(text)}`;
}

/** Within quotes of structured data `"`, `\` and `]` have a backslash before them. */
function escapeParameter(value: unknown): string {
  return onOneLine(String(value)).replace(/["\\\]]/g, '\\$&');
}

/** A record ends where its line does: what could end it, or steer a terminal, is written as an escape. */
function onOneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, control => {
    return `#${control.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
}
