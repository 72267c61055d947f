import { isPlain } from './width.ts';

// Besides the C0 and C1 controls: lone surrogates, line and paragraph separators, and whatever turns the direction of text.
// Made when a text needs it, as in width.ts.
const unsafe = () => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const unsafeInJson = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with everything that could steer a terminal or hide in it written visibly: `\x1b`, `\u202e`, `\n`. */
export function escapeControls(text: string): string {
  return isPlain(text) ? text : text.replace(unsafe(), spell);
}

/** Like `escapeControls`, but line breaks stay: for values that scripts read whole, such as certificates. */
export function escapeKeepingLines(text: string): string {
  return isPlain(text) ? text : text.replace(unsafe(), found => (found === '\n' ? found : spell(found)));
}

/** JSON text that means the same and is safe on a terminal: JSON itself lets DEL, C1 and bidi controls stand raw. */
export function escapeJson(json: string): string {
  return json.replace(unsafeInJson, found => `\\u${hex(found, 4)}`);
}

function spell(found: string): string {
  return named[found] ?? (found.charCodeAt(0) < 0x100 ? `\\x${hex(found, 2)}` : `\\u${hex(found, 4)}`);
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
