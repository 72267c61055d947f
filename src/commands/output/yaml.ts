// The yaml library takes 1.7 s for 10,000 servers and lets C1 and bidi controls stand. JSON's strings and numbers are
// YAML too, so it is enough to know which strings are safe without quotes in YAML 1.1 as well as 1.2.
const safe = /^[A-Za-z_/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./(-][A-Za-z0-9_./()-]*)*$/;
const wordsOfYaml = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** The value as YAML block text without a newline at its end; JSON's data only, strings not plainly safe in JSON quotes. */
export function yamlText(value: unknown): string {
  return isBlock(value) ? block(value, '\n').slice(1) : inline(value);
}

/** Each entry begins with a newline and the indentation; one within a list begins on the line of its dash. */
function block(value: object, indent: string): string {
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value)
      text += `${indent}- ${isBlock(item) ? block(item, `${indent}  `).trimStart() : inline(item)}`;
    return text;
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    text += `${indent}${scalar(key)}:${isBlock(item) ? block(item, `${indent}  `) : ` ${inline(item)}`}`;
  }
  return text;
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.values(value).some(one => one !== undefined);
}

function inline(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value ?? null);
}

function scalar(text: string): string {
  return safe.test(text) && !wordsOfYaml.test(text) ? text : JSON.stringify(text);
}
