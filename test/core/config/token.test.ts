import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HETZNER_ENDPOINT } from '../../../src/core/config/endpoint.ts';
import { checkToken } from '../../../src/core/config/token.ts';
import { failureOf, sampleToken } from './home.ts';

const elsewhere = 'https://cloud.example.com/v1';

describe('a token', () => {
  it('of 64 letters and digits is taken for Hetzner, with one line break at its end cut off', () => {
    expect(checkToken(sampleToken, HETZNER_ENDPOINT, 'X')).toBe(sampleToken);
    expect(checkToken(`${sampleToken}\n`, HETZNER_ENDPOINT, 'X')).toBe(sampleToken);
    expect(checkToken(`${sampleToken}\r\n`, HETZNER_ENDPOINT, 'X')).toBe(sampleToken);
  });

  it('of any printable characters is taken for another host', () => {
    expect(checkToken('cloudctl_ab-c.d~e', elsewhere, 'X')).toBe('cloudctl_ab-c.d~e');
  });

  it('of another length is refused for Hetzner, saying how long it is', async () => {
    const failure = await failureOf(() => checkToken('short', HETZNER_ENDPOINT, 'HCLOUD_TOKEN'));
    expect(failure).toMatchObject({ code: 'unauthorized', exit: 4 });
    expect(failure.message).toBe(
      'token from HCLOUD_TOKEN is malformed: a token of Hetzner is 64 letters and digits, this one has 5 characters',
    );
  });

  it('that is empty is refused', async () => {
    expect((await failureOf(() => checkToken('\n', elsewhere, 'X'))).message).toContain('it is empty');
  });

  it('that could break a header is refused and never shown, whatever it is', async () => {
    const bad = fc.constantFrom(' ', '\n', '\r', '\t', '\0', '\x7f', 'ä', '\u2028');
    const word = fc.stringMatching(/^[a-z]{8,20}$/);
    await fc.assert(
      fc.asyncProperty(word, bad, word, async (head, character, tail) => {
        const failure = await failureOf(() => checkToken(head + character + tail, elsewhere, 'X'));
        expect(failure.code).toBe('unauthorized');
        for (const part of [head, tail]) expect(failure.message + failure.hint).not.toContain(part);
      }),
    );
  });
});
