import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../../src/commands/output/prompt.ts';
import type { Keyboard } from '../../../src/core/world.ts';
import { fakeScreen } from '../../helpers/screen.ts';

const terminal: Keyboard = { isTTY: true, listen: () => () => {}, read: async () => Buffer.alloc(0) };

/** Asks on a fake terminal and does `answer` once the question is to be seen. */
async function ask(question: string, answer: (input: PassThrough, abort: () => void) => void) {
  const input = new PassThrough();
  const control = new AbortController();
  const err = fakeScreen({ isTTY: true });
  const write = err.write.bind(err);
  let asked = false;
  err.write = text => {
    write(text);
    if (asked || !err.text.includes('(y/N)')) return;
    asked = true;
    setImmediate(() => answer(input, () => control.abort()));
  };
  const agreed = await confirm({ stdin: terminal, err, signal: control.signal }, question, input);
  return { agreed, text: err.text, listeners: input.listenerCount('end') };
}

test.each([
  ['y\r', true],
  ['yes\r', true],
  ['n\r', false],
  ['\r', false],
])('the answer %j means %s', async (typed, agreed) => {
  expect((await ask('Delete web-1?', input => input.write(typed))).agreed).toBe(agreed);
});

test('the question is on stderr, with names made safe', async () => {
  const { text } = await ask('Delete web\x1b[2J?', input => input.write('n\r'));
  expect(text).toContain('Delete web\\x1b[2J?');
});

test.each<[string, (input: PassThrough, abort: () => void) => void]>([
  ['Ctrl-C', input => input.write('\x03')],
  ['Ctrl-D', input => input.write('\x04')],
  ['the end of input', input => input.end()],
  ['a signal', (_, abort) => abort()],
])('%s at a question is an interruption', async (_, stop) => {
  await expect(ask('Delete web-1?', stop)).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
});

test('without a terminal nothing is asked', async () => {
  const signal = new AbortController().signal;
  for (const [stdin, isTTY] of [
    [{ ...terminal, isTTY: false }, true],
    [terminal, false],
  ] as const) {
    const err = fakeScreen({ isTTY });
    await expect(confirm({ stdin, err, signal }, 'Delete?')).rejects.toMatchObject({
      code: 'usage',
      hint: 'Add --yes to agree',
    });
    expect(err.text).toBe('');
  }
});
