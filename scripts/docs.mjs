// Writes the man pages and the Markdown reference that dist/docs.js makes of the declarations;
// with --check it only compares, names what is stale, and fails.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { createLoader } = require('../dist/cloudctl.js');
const { generateDocs, generatedFolders } = createLoader(path.join(root, 'dist'), require).load('./docs.js');

const documents = await generateDocs();
const present = generatedFolders.flatMap(listFiles);
const surplus = present.filter(file => !documents.has(file));
const changed = [...documents].filter(([file, text]) => read(file) !== text).map(([file]) => file);

if (process.argv.includes('--check')) {
  for (const file of [...changed, ...surplus].sort()) process.stderr.write(`stale: ${file}\n`);
  if (changed.length + surplus.length > 0) {
    process.stderr.write('npm run docs\n');
    process.exitCode = 1;
  }
} else {
  for (const file of surplus) rmSync(path.join(root, file));
  for (const folder of generatedFolders) mkdirSync(path.join(root, folder), { recursive: true });
  for (const file of changed) writeFileSync(path.join(root, file), documents.get(file));
  process.stdout.write(`${documents.size} documents, ${changed.length} written, ${surplus.length} removed\n`);
}

function listFiles(folder) {
  try {
    return readdirSync(path.join(root, folder)).map(name => `${folder}/${name}`);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function read(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
