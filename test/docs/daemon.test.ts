import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDuration } from '../../src/core/backup/words.ts';
import { type KeyName, keyOf, keys } from '../../src/daemon/config/keys.ts';

const page = 'docs/daemon.md';
const places = /(<!-- keys: .* -->\n).*?(<!-- \/keys -->)/s;

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function rowOf(name: KeyName): string {
  const { summary, env, default: usual, live, type, choices } = keyOf(name);
  const shown = type === 'duration' ? writeDuration(usual as number) : usual;
  const more = choices && !choices.every(choice => summary.includes(choice)) ? `: ${choices.join(', ')}` : '';
  const cells = [`\`${name}\``, `\`${env}\``, shown === undefined ? '' : `\`${shown}\``, live ? 'yes' : ''];
  return `| ${[...cells, cell(`${summary}${more}`)].join(' | ')} |`;
}

/** The table of every key that the configuration may hold. */
function keyTable(): string {
  const rows = (Object.keys(keys) as KeyName[]).map(rowOf);
  return `\n| key | variable | where absent | reload | |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\n`;
}

test('the page of the daemon has every key as it is declared: UPDATE_GOLDEN=1 npx vitest run test/docs', () => {
  const text = readFileSync(page, 'utf8');
  const wanted = text.replace(places, (_, begin, end) => `${begin}${keyTable()}${end}`);
  if (process.env.UPDATE_GOLDEN) writeFileSync(page, wanted);
  else expect(text).toBe(wanted);
});

test('the page of the daemon has every metric', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  const sources = files.map(name => readFileSync(join('src', name), 'utf8'));
  const names = sources.flatMap(text =>
    [...text.matchAll(/\.(?:counter|gauge|histogram)\(\s*'(cloudctl_\w+)'/g)].map(([, name]) => name!),
  );
  expect(names.length).toBeGreaterThan(5);
  const text = readFileSync(page, 'utf8');
  expect(names.filter(name => !text.includes(`\`${name}\``))).toEqual([]);
});

test('every link of the guides leads to a file, and to a heading where it names one', () => {
  const guides = readdirSync('docs')
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name));
  for (const guide of [...guides, 'README.md', 'CONTRIBUTING.md']) {
    const links = readFileSync(guide, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g);
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? guide : join(guide, '..', path);
      const text = readFileSync(target, 'utf8');
      if (anchor === undefined) continue;
      const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} -]/gu, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, `${guide}: ${link}`).toContain(anchor);
    }
  }
});
