// Bundles src/ into dist/ as minified CommonJS, so that a command loads three files: dist/cloudctl.js, which answers
// --version by itself; dist/base.js with all that most commands share; and the file of its own group.
// Whatever is imported dynamically becomes a file of its own that takes the shared modules from base.js.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
// Small ones on the path of many commands are bundled; the rest are loaded from node_modules when used.
const bundled = ['commander', 'smol-toml'];
const external = Object.keys(manifest.dependencies).filter(name => !bundled.includes(name));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // Dynamic imports become require, which is quicker and, from Node 20.19 on, loads ES modules too.
  supported: { 'dynamic-import': false },
  minify: true,
  external,
  write: false,
  metafile: true,
};

const fileOf = source => {
  const name = path.relative(`${root}/src`, source).replace(/\.ts$/, '');
  return `${name.replace(/^entries\//, '').replaceAll('/', '-')}.js`;
};
const isOwn = name => name.startsWith('.');

/** Sources that are imported dynamically: each is to become a file. */
const queue = new Set();

const splitDynamic = {
  name: 'split-dynamic',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path: name, resolveDir, kind }) => {
      if (kind !== 'dynamic-import' || !isOwn(name)) return undefined;
      const source = path.resolve(resolveDir, name);
      queue.add(source);
      return { path: `./${fileOf(source)}`, external: true };
    });
  },
};

const found = await build({ ...common, entryPoints: ['src/entries/base.ts'], plugins: [splitDynamic] });
const shared = Object.keys(found.metafile.inputs).filter(name => name.startsWith('src/'));
const exported = new Map(shared.map((name, index) => [path.join(root, name), `m${index}`]));

/** A shared module is what base.js exports under its name. */
const takeShared = {
  name: 'take-shared',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: source }) => {
      const name = exported.get(source);
      return name ? { contents: `module.exports = require('./base.js').${name}`, loader: 'js' } : undefined;
    });
  },
};

rmSync(`${root}/dist`, { recursive: true, force: true });
mkdirSync(`${root}/dist`);

async function emit(outfile, options, plugins = []) {
  const { outputFiles } = await build({
    ...common,
    ...options,
    plugins: [splitDynamic, ...plugins],
    outfile: `dist/${outfile}`,
  });
  for (const { path: file, contents } of outputFiles) writeFileSync(file, contents);
}

const baseSource = [
  "export * from './src/entries/base.ts';",
  ...[...exported].map(([source, name]) => `export * as ${name} from ${JSON.stringify(source)};`),
].join('\n');
await emit('base.js', { stdin: { contents: baseSource, resolveDir: root } });
await emit('cloudctl.js', { entryPoints: ['src/entries/cloudctl.ts'], external: [...external, './base.js'] });
queue.delete(path.join(root, 'src/entries/base.ts'));
for (const entry of ['sandbox', 'docs']) queue.add(path.join(root, `src/entries/${entry}.ts`));

const done = new Set();
for (let next = [...queue]; next.length > 0; next = [...queue].filter(source => !done.has(source))) {
  for (const source of next) done.add(source);
  const options = { external: [...external, './base.js'] };
  await Promise.all(next.map(source => emit(fileOf(source), { ...options, entryPoints: [source] }, [takeShared])));
}

const licenses = bundled.map(
  name => `## ${name}\n\n${readFileSync(`${root}/node_modules/${name}/LICENSE`, 'utf8').trim()}\n`,
);
writeFileSync(`${root}/dist/THIRD-PARTY.md`, `# Software that is part of the files here\n\n${licenses.join('\n')}`);
