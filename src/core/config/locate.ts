/** Where a value stands in a file: keys, and for an array of tables the place in it. */
export type TomlPath = readonly (string | number)[];

/** The line, from 1, at which the TOML gives that key, or undefined when it is written in a way that is not recognised. */
export function lineOf(text: string, path: TomlPath): number | undefined {
  const wanted = JSON.stringify(path);
  const seen = new Map<string, number>();
  let table: TomlPath = [];
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line);
    if (header) table = enter(header[2]!, header[1] === '[[', seen);
    const key = header ? [] : keyOf(line);
    if ((header || key.length > 0) && JSON.stringify([...table, ...key]) === wanted) return index + 1;
  }
  return undefined;
}

function enter(name: string, isArray: boolean, seen: Map<string, number>): TomlPath {
  const keys = splitKey(name);
  if (isArray) seen.set(keys.join('.'), (seen.get(keys.join('.')) ?? -1) + 1);
  return keys.flatMap((key, depth) => {
    const place = seen.get(keys.slice(0, depth + 1).join('.'));
    return place === undefined ? [key] : [key, place];
  });
}

function keyOf(line: string): string[] {
  const match = /^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(
    line,
  );
  return match ? splitKey(match[1]!) : [];
}

function splitKey(text: string): string[] {
  return text.split('.').map(part => part.trim().replace(/^(["'])(.*)\1$/, '$2'));
}
