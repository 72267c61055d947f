/** 64 bits of the text as 16 hexadecimal digits (FNV-1a twice, from two seeds): to tell files apart, not to keep a secret. node:crypto would cost milliseconds. */
export function hashText(text: string): string {
  return [0x811c9dc5, 0x9747b28c].map(seed => fnv(text, seed).toString(16).padStart(8, '0')).join('');
}

function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // The last letters would else change the low bits only.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
