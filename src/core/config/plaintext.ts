import { isDeepStrictEqual } from 'node:util';
import type { ConfigDocument } from './document.ts';
import { parseConfig } from './file.ts';
import { lineOf } from './locate.ts';

/** The text of hcloud's file without the token lines of these contexts, everything else byte for byte; undefined when it is written in a way that does not let them be taken out so. */
export async function withoutTokens(path: string, text: string, names: readonly string[]): Promise<string | undefined> {
  const toml = await import('smol-toml');
  const { document } = parseConfig(path, text, toml);
  const lines = text.split('\n');
  for (const [place, { name, token }] of (document.contexts ?? []).entries()) {
    if (!names.includes(name) || token === undefined) continue;
    const line = lineOf(text, ['contexts', place, 'token']);
    if (line === undefined) return undefined;
    lines[line - 1] = removed;
  }
  const left = lines.filter(line => line !== removed).join('\n');
  const after = parse(path, left, toml);
  const isGone = after?.contexts?.every(({ name, token }) => !names.includes(name) || token === undefined);
  return after && isGone && isDeepStrictEqual(stripped(after, names), stripped(document, names)) ? left : undefined;
}

/** No line of a file: a line has no line break in it. */
const removed = '\n';

function parse(path: string, text: string, toml: typeof import('smol-toml')): ConfigDocument | undefined {
  try {
    return parseConfig(path, text, toml).document;
  } catch {
    return undefined;
  }
}

function stripped(document: ConfigDocument, names: readonly string[]): ConfigDocument {
  const contexts = document.contexts?.map(context => {
    if (!names.includes(context.name)) return context;
    const { token: _, ...rest } = context;
    return rest;
  });
  return { ...document, ...(contexts && { contexts }) } as ConfigDocument;
}
