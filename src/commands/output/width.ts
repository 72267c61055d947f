const plain = /^[\x20-\x7e]*$/;

/** True when every character is printable ASCII, so that the width is the length and nothing needs escaping. */
export function isPlain(text: string): boolean {
  return plain.test(text);
}

/** How many columns of a terminal the text takes; line breaks and other controls must have been escaped before. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const [part] of text.matchAll(cluster())) width += clusterWidth(part);
  return width;
}

/** The text when it fits into `columns`, otherwise its beginning and `…`; never half of a character. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const [part] of text.matchAll(cluster())) {
    width += clusterWidth(part);
    if (width > columns - 1) break;
    kept += part;
  }
  return kept + '…';
}

// Not Intl.Segmenter: its first use costs 11 ms and every cell 12 µs. These are the only clusters whose width is not the
// sum of their parts: flags, keycaps, and emoji joined by ZWJ or changed by a variation selector, skin tone or tag.
// Made when a text needs it: to look up what has a property takes V8 0.3 ms for each pattern, which plain text need not pay.
const cluster = () =>
  /\p{Regional_Indicator}{2}|\p{Emoji}\ufe0f?\u20e3|\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}\u{e0020}-\u{e007f}]*(?:\u200d\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*)*|./gsu;
const nothing = () => /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
const twoCells = () =>
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18df2}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}])/u;

function clusterWidth(part: string): number {
  const first = part.codePointAt(0) ?? 0;
  if (part.length > (first > 0xffff ? 2 : 1)) return 2;
  if (nothing().test(part)) return 0;
  return twoCells().test(part) ? 2 : 1;
}
