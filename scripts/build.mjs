// Bundles src/ into dist/ as minified CommonJS, so that a command loads three files: dist/cloudctl.js, which answers
// --version by itself; dist/base.js with all that most commands share; and the file of its own group.
// Whatever is imported dynamically becomes a file of its own that takes the shared modules from base.js.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
// Small ones on the path of many commands are bundled; the rest are loaded from node_modules when used.
const bundled = ['commander', 'smol-toml'];
const external = Object.keys(manifest.dependencies).filter(name => !bundled.includes(name));

/** commander loads it for subcommands that are programs, which there are none of; it costs a millisecond at every start. */
const withoutPrograms = {
  name: 'without-programs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {}' }));
  },
};

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

const found = await build({
  ...common,
  entryPoints: ['src/entries/base.ts'],
  plugins: [splitDynamic, withoutPrograms],
});
const shared = Object.keys(found.metafile.inputs).filter(name => name.startsWith('src/'));

/** For each shared module: its exports, each with the name that base.js has it under. */
const listed = await build({
  ...common,
  bundle: false,
  external: undefined,
  supported: {},
  format: 'esm',
  entryPoints: shared,
  outdir: 'x',
});
const exported = new Map(
  Object.values(listed.metafile.outputs).map(({ entryPoint, exports }, index) => [
    path.join(root, entryPoint),
    exports.map(name => [name, `m${index}_${name}`]),
  ]),
);

/** In a group's file, a shared module is plain variables read from base.js: no namespace objects to be made at start-up. */
const takeShared = {
  name: 'take-shared',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: source }) => {
      const names = exported.get(source);
      if (!names) return undefined;
      const lines = names.map(([name, as]) => `export const ${name} = base.${as};`);
      return { contents: `const base = require('./base.js');\n${lines.join('\n')}`, loader: 'js' };
    });
  },
};

/** Node's own modules are taken as they are: what esbuild makes of a default import copies each name of the module, file by file. */
const plainBuiltins = {
  name: 'plain-builtins',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: source }) => {
      const text = readFileSync(source, 'utf8');
      return { contents: text.replace(/^import (\w+) from ('node:\w+');$/gm, 'const $1 = require($2);'), loader: 'ts' };
    });
  },
};

rmSync(`${root}/dist`, { recursive: true, force: true });
mkdirSync(`${root}/dist`);

async function emit(outfile, options, plugins = []) {
  const isLoaded = !['cloudctl.js', 'sandbox.js'].includes(outfile);
  const { outputFiles } = await build({
    ...common,
    ...options,
    plugins: [splitDynamic, withoutPrograms, ...plugins, plainBuiltins],
    outfile: `dist/${outfile}`,
    // What the loader loads is a function already, so that it need not copy the text to make it one.
    ...(isLoaded && { banner: { js: '(function(exports,require,module,share){' }, footer: { js: '})' } }),
  });
  for (const { path: file, contents } of outputFiles) writeFileSync(file, contents);
}

const modules = [...exported].filter(([, names]) => names.length > 0);
const imports = modules.map(
  ([source, names]) =>
    `import { ${names.map(([name, as]) => `${name} as ${as}`).join(', ')} } from ${JSON.stringify(source)};`,
);
const all = modules.flatMap(([, names]) => names.map(([, as]) => as));
const [entry] = modules.filter(([source]) => source.endsWith('/entries/base.ts'));
const own = entry[1].map(([name, as]) => `${name}: ${as}`);
// `share` is what the loader passes in: esbuild's own exports would be a getter for each name.
await emit('base.js', {
  stdin: { contents: `${imports.join('\n')}\nshare({ ${[...own, ...all].join(', ')} });`, resolveDir: root },
});
await emit('cloudctl.js', { entryPoints: ['src/entries/cloudctl.ts'] });
for (const entry of ['sandbox', 'docs']) queue.add(path.join(root, `src/entries/${entry}.ts`));

const done = new Set();
for (let next = [...queue]; next.length > 0; next = [...queue].filter(source => !done.has(source))) {
  for (const source of next) done.add(source);
  const options = { external: [...external, './base.js'] };
  await Promise.all(next.map(source => emit(fileOf(source), { ...options, entryPoints: [source] }, [takeShared])));
}

// The daemon: ESM, what it may do without in files of their own. Kysely and Hono are bundled, since hundreds of small
// files cost more than all else at its start; the native module and what is loaded only when configured stay outside.
const bundledInDaemon = ['kysely', 'hono', '@hono/node-server', 'smol-toml'];
await build({
  ...common,
  entryPoints: ['src/entries/cloudctld.ts'],
  format: 'esm',
  supported: {},
  splitting: true,
  outdir: 'dist/daemon',
  outExtension: { '.js': '.mjs' },
  external: Object.keys(manifest.dependencies).filter(name => !bundledInDaemon.includes(name)),
  // Names in stacks are how a bug that somebody reports is found.
  minify: false,
  minifySyntax: true,
  minifyWhitespace: true,
  write: true,
  metafile: false,
});

// V8's code cache, made after a run, so that it holds the functions that a short command needs.
const require = createRequire(import.meta.url);
const { cachePath, createLoader } = require('../dist/cloudctl.js');
const { startSandbox } = require('../dist/sandbox.js');
const { load, files } = createLoader(`${root}/dist`, require);
const { main, realWorld } = load('./base.js');
const sandbox = await startSandbox({ seed: { servers: 3 } });
const environment = { CLOUDCTL_TOKEN: sandbox.token, CLOUDCTL_ENDPOINT: sandbox.url };
const silent = { write() {}, isTTY: false, columns: 80, closed: false };
const world = { ...realWorld(process, {}), env: environment, out: silent, err: silent };
// The build has nothing to put in order: Ctrl-C ends it at once, as it does any other script.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
for (const line of ['server list', 'volume list', 'server describe web-0001', 'server reboot web-0001 --no-wait']) {
  if ((await main(line.split(' '), world)) !== 0) throw new Error(`cloudctl ${line} failed in the build`);
}
world.http.close();
await sandbox.stop();
for (const [name, { script }] of files)
  writeFileSync(cachePath(path.join(root, 'dist', name)), script.createCachedData());

const licenses = [...new Set([...bundled, ...bundledInDaemon])].map(
  name => `## ${name}\n\n${readFileSync(`${root}/node_modules/${name}/LICENSE`, 'utf8').trim()}\n`,
);
writeFileSync(`${root}/dist/THIRD-PARTY.md`, `# Software that is part of the files here\n\n${licenses.join('\n')}`);
