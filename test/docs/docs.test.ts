import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groups } from '../../src/commands/groups.ts';
import { generateDocs, generatedFolders } from '../../src/docs/index.ts';
import { formatRoff, hasGroff } from './groff.ts';

const documents = await generateDocs();
const pages = [...documents].filter(([file]) => file.startsWith('man/'));
const references = [...documents].filter(([file]) => file.startsWith('docs/'));

test('what is checked in is what the declarations say: npm run docs', () => {
  const present = generatedFolders.flatMap(folder => readdirSync(folder).map(name => `${folder}/${name}`));
  expect(present.sort()).toEqual([...documents.keys()].sort());
  for (const [file, text] of documents) expect(readFileSync(file, 'utf8'), file).toBe(text);
});

test('there is a page for the program, for each noun and for each topic', () => {
  expect(pages.map(([file]) => file)).toEqual([
    'man/cloudctl.1',
    ...groups.map(({ name }) => `man/cloudctl-${name}.1`),
    'man/cloudctl-exit-codes.7',
    'man/cloudctl-environment.7',
  ]);
  expect(references).toHaveLength(pages.length);
});

test('the same declarations give the same bytes, with nothing of this machine', async () => {
  expect(await generateDocs()).toEqual(documents);
  for (const [file, text] of documents) {
    expect(text, file).not.toContain(process.cwd());
    expect(text, file).not.toContain(process.env.HOME);
  }
});

test.skipIf(!hasGroff).each(pages)('groff has nothing against %s', (_, text) => {
  expect(formatRoff(text).warnings).toBe('');
});

test('every link of the reference leads somewhere', () => {
  for (const [file, text] of references) {
    for (const [, target = '', anchor] of text.matchAll(/\]\(([^)#]*)(?:#([^)]+))?\)/g)) {
      const page = target === '' ? text : documents.get(`docs/reference/${target}`);
      expect(page, `${file}: ${target}`).toBeDefined();
      if (anchor === undefined) continue;
      const headings = [...page!.matchAll(/^##? (.+)$/gm)].map(([, heading]) =>
        heading!.toLowerCase().replaceAll(' ', '-'),
      );
      expect(headings, file).toContain(anchor);
    }
  }
});

test('every table of the reference has two cells a row', () => {
  for (const [file, text] of references) {
    for (const line of text.split('\n').filter(line => line.startsWith('|'))) {
      expect(line.match(/(?<!\\)\|/g), `${file}: ${line}`).toHaveLength(3);
    }
  }
});
