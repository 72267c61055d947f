import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join('src', name));

/** Every import of a file: static, dynamic, of types, of what is exported again. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:(import|export)\s+(type\s+)?[^'";]*?from\s*|import\s*\(\s*|import\s+)'([^']+)'/g);
  return [...found].map(([, , type, to]) => ({
    from: file,
    to: to!.startsWith('.') ? normalize(join(dirname(file), to!)) : to!,
    typeOnly: type !== undefined,
  }));
}

const imports = files.flatMap(importsOf);
const part = (path: string) => path.split('/')[1] ?? '';

const allowed: Record<string, readonly string[]> = {
  core: ['core'],
  commands: ['core', 'commands'],
  daemon: ['core', 'daemon'],
  sandbox: ['sandbox'],
  docs: ['core', 'commands', 'docs'],
  entries: ['core', 'commands', 'daemon', 'sandbox', 'docs', 'entries'],
};

describe('the parts of the program', () => {
  it('are all known', () => {
    expect([...new Set(files.map(part))].sort()).toEqual(Object.keys(allowed).sort());
  });

  it('import only what is below them, dynamically too', () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith('src/'))
      .filter(({ from, to, typeOnly }) => {
        if (part(from) === 'sandbox' && part(to) === 'core') return !typeOnly;
        return !allowed[part(from)]!.includes(part(to));
      });
    expect(wrong).toEqual([]);
  });

  it('have no import for its side effects', () => {
    const bare = files.filter(file => /^import '[^']+';/m.test(readFileSync(file, 'utf8')));
    expect(bare).toEqual([]);
  });

  it('import no file in a circle when the program starts', () => {
    const edges = new Map(files.map(file => [file, importsOf(file).filter(({ typeOnly }) => !typeOnly)]));
    const isDynamic = (file: string, to: string) =>
      new RegExp(`import\\(\\s*'[^']*${to.split('/').at(-1)}'`).test(readFileSync(file, 'utf8'));
    const circles: string[][] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file]);
      if (done.has(file)) return;
      for (const { to } of edges.get(file) ?? []) {
        if (to.startsWith('src/') && !isDynamic(file, to)) visit(to, [...path, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('verify tokens in the daemon only: no command loads what that takes', () => {
    const isVerify = (path: string) => path.startsWith('src/core/auth/verify/');
    const outside = imports.filter(({ from }) => !isVerify(from) && part(from) !== 'daemon');
    expect(outside.filter(({ to }) => isVerify(to) || to === 'jose')).toEqual([]);
    expect(imports.some(({ from, to }) => isVerify(from) && to === 'jose')).toBe(true);
  });

  it('load heavy packages only where they are used', () => {
    const heavy = [
      'inquirer',
      'ora',
      'execa',
      '@jmespath-community/jmespath',
      'smol-toml',
      'kysely',
      'better-sqlite3',
      'mysql2',
      'mysql2/promise',
      'bullmq',
      'ioredis',
      'pino',
    ];
    const early = files.flatMap(file => {
      const text = readFileSync(file, 'utf8');
      return heavy
        .filter(name => new RegExp(`^import (?!type).*from '${name}'`, 'm').test(text))
        .map(name => `${file}: ${name}`);
    });
    expect(early).toEqual([]);
  });
});
