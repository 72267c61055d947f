const special: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '^': '\\(ha',
  '~': '\\(ti',
  '`': '\\(ga',
  "'": '\\(aq',
  '"': '\\(dq',
};

/** Text that roff prints as it is, wherever it stands; a hyphen stays one that can be copied. */
export function escapeRoff(text: string): string {
  const escaped = text
    .replace(/[\\\-^~`'"]/g, found => special[found]!)
    .replace(/[^\n\x20-\x7e]/gu, found => `\\[u${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
  // A dot that begins a line would be a request.
  return escaped.replace(/^\./gm, '\\&.');
}

/** The header of a page. `date` and `source` stand in its footer. */
export function title(name: string, section: number, date: string, source: string): string {
  return `.TH ${[name.toUpperCase(), String(section), date, source].map(word => `"${escapeRoff(word)}"`).join(' ')}`;
}

/** A heading of a section. */
export function heading(text: string): string {
  return `.SH ${escapeRoff(text)}`;
}

/** A heading below one. */
export function subheading(text: string): string {
  return `.SS ${escapeRoff(text)}`;
}

/** A paragraph. */
export function paragraph(text: string): string {
  return `.PP\n${escapeRoff(text)}`;
}

/** Command lines with their fixed words bold and their placeholders in italics. */
export function synopsis(...lines: readonly string[]): string {
  return `.PP\n${lines.map(markUp).join('\n.br\n')}`;
}

/** A list of names and what they mean. */
export function definitions(rows: readonly (readonly [string, string])[]): string[] {
  return rows.map(([name, meaning]) => `.TP\n${markUp(name)}\n${escapeRoff(meaning)}`);
}

/** Lines that are kept as they are. */
export function literal(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map(escapeRoff), '.fi', '.RE'].join('\n');
}

/** Bold, but for what stands for something else: `<name>`. */
function markUp(text: string): string {
  return text
    .split(/(<[^>]+>)/)
    .filter(Boolean)
    .map(part => (part.startsWith('<') ? `\\fI${escapeRoff(part.slice(1, -1))}\\fR` : `\\fB${escapeRoff(part)}\\fR`))
    .join('');
}
