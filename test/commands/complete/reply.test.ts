import { expect, test } from 'vitest';
import { readBashLine } from '../../../src/commands/complete/bash-line.ts';
import { replyToBash, replyToFish, replyToZsh } from '../../../src/commands/complete/reply.ts';
import { run } from '../../helpers/run.ts';

const bash = (line: string, ...words: string[]) =>
  replyToBash({ candidates: words.map(word => ({ word })) }, readBashLine(line, ':='));

test('bash is given what begins like the typed word, without what readline keeps, ready to insert', () => {
  expect(bash('cloudctl a', 'abc', 'a d', 'xyz')).toBe('space\nabc\na\\ d\n');
  expect(bash('cloudctl a:b', 'a:bc', 'a:bd')).toBe('space\nbc\nbd\n');
  expect(bash('cloudctl "my', 'my "x"')).toBe('space\nmy \\"x\\"\n');
});

test('after the only word that goes on, such as columns=, bash puts no blank', () => {
  expect(bash('cloudctl c', 'columns=')).toBe('nospace\ncolumns=\n');
  expect(bash('cloudctl ', 'columns=', 'json')).toBe('space\ncolumns=\njson\n');
});

test('files are left to each shell', () => {
  const answer = { candidates: [], files: { lead: '--config=' } };
  expect(replyToBash(answer, readBashLine('cloudctl --config=', ':='))).toBe('files\n');
  expect(replyToFish(answer)).toBe('files--config=\0');
  expect(replyToZsh(answer)).toBe('files--config=\0');
});

test('summaries cannot steer the terminal, and a NUL cannot end an item', () => {
  const answer = { candidates: [{ word: 'a\0b', summary: 'x\x1b[31m' }, { word: 'c=' }] };
  expect(replyToFish(answer)).toBe('words\0ab\tx\\x1b[31m\0c=\0');
  expect(replyToZsh(answer)).toBe('words\0ab\0x\\x1b[31m\0\0c=\0\0nospace\0');
});

test('the program answers bash and zsh', async () => {
  expect(await run(undefined, ['__complete', 'bash', '--', 'cloudctl serv', ':='])).toEqual({
    status: 0,
    out: 'space\nserver\nserver-type\n',
    err: '',
  });
  expect((await run(undefined, ['__complete', 'zsh', '--', 'version', '--lo'])).out).toContain('--long\0');
});

test.each(['bash', 'zsh', 'fish'])('completion %s prints a script that says how to install it', async shell => {
  const { status, out, err } = await run(undefined, `completion ${shell}`);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain(`# ${shell} completion for cloudctl`);
  expect(out).toContain(`cloudctl completion ${shell} >`);
  expect(out).toContain(`cloudctl __complete ${shell} -- `);
});
