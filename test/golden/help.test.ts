import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groups } from '../../src/commands/groups.ts';
import { topics } from '../../src/commands/topics.ts';
import { run } from '../helpers/run.ts';

// UPDATE_GOLDEN=1 writes the files anew; without it they are what help has to say.
const folder = join(import.meta.dirname, 'help');
const update = process.env.UPDATE_GOLDEN === '1';

const lines = ['--help', ...Object.keys(topics).map(topic => `help ${topic}`)];
for (const entry of groups) {
  const { command, commands } = await entry.load();
  lines.push(`${entry.name} --help`);
  if (!command) lines.push(...commands.map(({ name }) => `${entry.name} ${name} --help`));
}

const fileOf = (line: string) => `${line.replace(/ ?--help$/, '').replaceAll(' ', '-') || 'cloudctl'}.txt`;

if (update) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

test.each(lines)('cloudctl %s says what it said', async line => {
  const { status, out, err } = await run(undefined, line);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const file = join(folder, fileOf(line));
  if (update) writeFileSync(file, out);
  expect(existsSync(file), `UPDATE_GOLDEN=1 npx vitest run test/golden writes ${fileOf(line)}`).toBe(true);
  expect(out).toBe(readFileSync(file, 'utf8'));
});

test('there is no file of a command that is gone', () => {
  expect(readdirSync(folder).sort()).toEqual(lines.map(fileOf).sort());
});
