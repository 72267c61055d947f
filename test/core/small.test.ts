import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, failures, toFailure } from '../../src/core/failure.ts';
import { nearest } from '../../src/core/nearest.ts';
import { pool } from '../../src/core/pool.ts';
import { formatBytes } from '../../src/core/resources/columns.ts';
import { readUserData } from '../../src/core/resources/user-data.ts';

describe('a failure', () => {
  it('has the exit status of its code', () => {
    for (const [code, { exit }] of Object.entries(failures)) {
      expect(new Failure(code as keyof typeof failures, 'x').exit).toBe(exit);
    }
  });

  it('is unexpected when something else was thrown, with the cause kept', () => {
    const bug = new TypeError('x is not a function');
    expect(toFailure(bug)).toMatchObject({ code: 'unexpected', message: 'x is not a function', cause: bug });
    expect(toFailure('text').message).toBe('text');
    const own = new Failure('usage', 'x');
    expect(toFailure(own)).toBe(own);
  });
});

describe('the nearest word', () => {
  it.each([
    ['lsit', 'list'],
    ['serve', 'server'],
    ['describ', 'describe'],
    ['dlete', 'delete'],
  ])('to %s is %s', (typed, meant) =>
    expect(nearest(typed, ['list', 'server', 'describe', 'delete', 'create'])).toBe(meant),
  );

  it('is none when nothing is alike', () => expect(nearest('xyz', ['list', 'server'])).toBeUndefined());
  it('is the word itself when it is known', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (word, others) => nearest(word, [...others, word]) === word),
    );
  });
});

describe('a pool', () => {
  it('keeps the order of results and never runs more than its size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), async (items, size) => {
        let running = 0;
        const results = await pool(items, size, async item => {
          running += 1;
          expect(running).toBeLessThanOrEqual(size);
          await Promise.resolve();
          running -= 1;
          return item;
        });
        expect(results).toEqual(items);
      }),
    );
  });
});

describe('user data', () => {
  const files: Record<string, Buffer> = {
    a: Buffer.from('#cloud-config\npackages: [curl]\n'),
    b: Buffer.from('#!/bin/sh\necho 1\n'),
    big: Buffer.alloc(32 * 1024 + 1, 'x'),
    binary: Buffer.from([0xff, 0xfe, 0x00]),
  };
  const read = async (path: string) => files[path]!;

  it('of one file is the file', async () => expect(await readUserData(['a'], read)).toBe(files.a!.toString()));

  it('of several is a multipart that loses no byte, whatever their lengths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 2, maxLength: 4 }), async contents => {
        const text = await readUserData(
          contents.map((_, index) => String(index)),
          async path => Buffer.from(contents[Number(path)]!),
        );
        const boundary = /boundary="([^"]+)"/.exec(text)![1]!;
        const parts = text.split(`--${boundary}`).slice(1, -1);
        const bodies = parts.map(part => Buffer.from(part.split('\r\n\r\n')[1]!, 'base64'));
        expect(bodies).toEqual(contents.map(content => Buffer.from(content)));
      }),
    );
  });

  it('tells cloud-init what each part is', async () => {
    const text = await readUserData(['a', 'b'], read);
    expect(text).toContain('Content-Type: text/cloud-config;');
    expect(text).toContain('Content-Type: text/x-shellscript;');
  });

  it('over 32 KiB is refused before anything is sent', async () => {
    await expect(readUserData(['big'], read)).rejects.toThrow('32769 bytes, Hetzner takes 32768');
  });

  it('that is not text is refused', async () => {
    await expect(readUserData(['binary'], read)).rejects.toThrow('binary is not UTF-8 text');
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [21990232555520, '20.0 TiB'],
    [null, undefined],
  ])('%s are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
