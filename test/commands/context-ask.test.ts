import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askToken } from '../../src/commands/context/ask-token.ts';
import { failureOf, sampleToken } from '../core/config/home.ts';
import { fakeScreen } from '../helpers/screen.ts';

async function ask(keys: string, signal = new AbortController().signal) {
  const input = new PassThrough();
  const err = fakeScreen({ isTTY: true });
  const answer = askToken({ err, signal }, 'https://example.com', input);
  while (!err.text.includes('Token for')) await new Promise(setImmediate);
  input.write(keys);
  return { answer, err, input };
}

describe('the question for a token', () => {
  it('names the server, and shows stars for what is typed', async () => {
    const { answer, err } = await ask(`${sampleToken}\r`);
    expect(await answer).toBe(sampleToken);
    expect(err.text).toContain('Token for https://example.com:');
    expect(err.text).toContain('***');
    expect(err.text).not.toContain(sampleToken.slice(0, 4));
  });

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('is left with %s', async (_, key) => {
    const { answer } = await ask(key);
    expect(await failureOf(() => answer)).toMatchObject({ code: 'interrupted', exit: 130 });
  });

  it('is left at the end of input and by a signal', async () => {
    const ended = await ask('');
    ended.input.end();
    expect(await failureOf(() => ended.answer)).toMatchObject({ code: 'interrupted' });
    const stop = new AbortController();
    const stopped = await ask('', stop.signal);
    stop.abort();
    expect(await failureOf(() => stopped.answer)).toMatchObject({ code: 'interrupted' });
  });
});
