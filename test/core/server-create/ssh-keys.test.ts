import { expect, test } from 'vitest';
import type { Api } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import { quoteWord } from '../../../src/core/server-create/quote.ts';
import { findSshKey, fingerprintOf } from '../../../src/core/server-create/ssh-keys.ts';

const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIGFiYw==';

/** An API that has these keys and knows the filters of its list. */
function keysApi(rows: readonly { id: number; name: string; fingerprint: string }[]): Api {
  return {
    async *list<T>(_path: string, query: Record<string, unknown> = {}) {
      for (const row of rows) {
        if (query.name !== undefined && row.name !== query.name) continue;
        if (query.fingerprint !== undefined && row.fingerprint !== query.fingerprint) continue;
        yield row as T;
      }
    },
    send: async () => {
      throw new Failure('not_found', 'no such key');
    },
    wait: async () => {},
  };
}

const files =
  (content: Record<string, string>) =>
  async (path: string): Promise<Buffer> => {
    if (content[path] === undefined) throw new Failure('usage', `cannot read ${path}`);
    return Buffer.from(content[path]);
  };

test('the fingerprint is the MD5 of the blob, in pairs', async () => {
  // `ssh-keygen -E md5 -lf` says so of this key.
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIE4y1SlQ59DXhomBRV4UHRGbyAIeBTDEAyYdrGjSZDpV';
  expect(await fingerprintOf(key)).toBe('6d:66:7d:c5:05:92:0b:5b:c2:b1:5c:01:e3:fd:61:50');
});

test('a name wins over a file of that name that is no path, and a file over a name like a path', async () => {
  const mine = { id: 1, name: 'other', fingerprint: await fingerprintOf(blob) };
  const named = { id: 2, name: 'laptop', fingerprint: 'x' };
  const pathlike = { id: 3, name: 'team/laptop', fingerprint: 'y' };
  const api = keysApi([mine, named, pathlike]);
  const read = files({
    laptop: `ssh-ed25519 ${blob} me`,
    alone: `# my key\nssh-ed25519 ${blob}`,
    'a/b': `ssh-ed25519 ${blob}`,
    notes: 'hello',
  });
  expect(await findSshKey(api, 'laptop', read)).toBe(named);
  expect(await findSshKey(api, 'alone', read)).toBe(mine);
  expect(await findSshKey(api, 'a/b', read)).toBe(mine);
  expect(await findSshKey(api, 'team/laptop', read)).toBe(pathlike);
  for (const nothing of ['nobody', 'notes', 'no/where']) {
    await expect(findSshKey(api, nothing, read)).rejects.toMatchObject({
      code: 'not_found',
      message: `SSH key not found: ${nothing}`,
    });
  }
});

test('what stops the reading of a file for another reason is told', async () => {
  const stop = new Failure('interrupted', 'stopped');
  const read = async () => {
    throw stop;
  };
  await expect(findSshKey(keysApi([]), 'a.pub', read)).rejects.toBe(stop);
});

test('keys of every kind are read', async () => {
  for (const kind of ['ssh-rsa', 'ecdsa-sha2-nistp256', 'sk-ssh-ed25519@openssh.com']) {
    const key = { id: 1, name: 'a', fingerprint: await fingerprintOf(blob) };
    expect(await findSshKey(keysApi([key]), 'x.pub', files({ 'x.pub': `${kind} ${blob}\n` }))).toBe(key);
  }
});

test('words are quoted for a shell only where they have to be', () => {
  expect(['web-1', 'a b', "it's", '', '~/x', 'a,b=c'].map(quoteWord)).toEqual([
    'web-1',
    "'a b'",
    "'it'\\''s'",
    "''",
    "'~/x'",
    'a,b=c',
  ]);
});
