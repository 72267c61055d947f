import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/core/config/file.ts';
import { home, sampleToken, temporaryFolder } from './home.ts';

const writer = `
import { openCredentials } from './src/core/auth/credentials.ts';
import { addContext } from './src/core/config/document.ts';
import { changeConfig } from './src/core/config/file.ts';

const [config, prefix, count] = process.argv.slice(2);
const world = {
  clock: { now: () => Date.now(), sleep: ms => new Promise(done => setTimeout(done, ms)) },
  signal: new AbortController().signal,
  platform: 'linux',
  keyring: { set: async () => { throw new Error('none'); } },
};
for (let index = 0; index < Number(count); index += 1) {
  const name = prefix + index;
  await changeConfig(config, world, document => addContext(document, { name }));
  await openCredentials(world, config).set(name, { token: '${sampleToken}', origin: 'https://example.com' });
}
`;

it('processes that write at the same time lose nothing of one another', async () => {
  const world = home();
  const program = path.join(temporaryFolder(), 'writer.mjs');
  buildSync({
    stdin: { contents: writer, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
  });
  const prefixes = ['a', 'b', 'c'];
  const statuses = await Promise.all(prefixes.map(prefix => run(program, [world.config, prefix, '15'])));
  expect(statuses).toEqual([0, 0, 0]);
  const names = prefixes.flatMap(prefix => Array.from({ length: 15 }, (_, index) => prefix + index)).sort();
  const { document } = await readConfig(world.config);
  expect(document.contexts?.map(({ name }) => name).sort()).toEqual(names);
  const stored = JSON.parse(fs.readFileSync(world.credentials, 'utf8'));
  expect(Object.keys(stored.credentials).sort()).toEqual(names);
  expect(fs.readdirSync(path.dirname(world.config)).sort()).toEqual(['config.toml', 'credentials.json']);
});

function run(program: string, args: string[]): Promise<number | null> {
  return new Promise(resolve => {
    spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).on('close', resolve);
  });
}
