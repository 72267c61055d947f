import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfFile, readKey, requireSameKey, useKey } from '../../../src/core/store/key.ts';
import { failureOf, openFile, temporaryFolder } from './folder.ts';

const key = useKey(Buffer.alloc(32, 1));
const other = useKey(Buffer.alloc(32, 2));

describe('the key of a store', () => {
  it('is made once, for its owner only, and found again', () => {
    const file = join(temporaryFolder(), 'key');
    const bytes = keyOfFile(file);
    expect(bytes).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keyOfFile(file).equals(bytes)).toBe(true);
    expect(keyOfFile(join(temporaryFolder(), 'key')).equals(bytes)).toBe(false);
  });

  it('is refused when others can read it, and not told', () => {
    const file = join(temporaryFolder(), 'key');
    const bytes = keyOfFile(file);
    chmodSync(file, 0o640);
    const failed = () => keyOfFile(file);
    expect(failed).toThrow(`${file} can be read by others (mode 0640)`);
    try {
      failed();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain(bytes.toString('base64').slice(0, 8));
    }
  });

  it('is refused when it is no key, and never made anew in place of one', () => {
    const file = join(temporaryFolder(), 'key');
    for (const text of ['', 'short', 'x'.repeat(64), `${'A'.repeat(43)}!`]) {
      writeFileSync(file, text, { mode: 0o600 });
      expect(() => keyOfFile(file)).toThrow(`${file} is not a key: 32 bytes, or those in base64`);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    expect(() => keyOfFile(join(file, 'key'))).toThrow('a part of the path is not a folder');
    expect(() => keyOfFile(join(temporaryFolder(), 'no/key'))).toThrow('the folder is not there');
    mkdirSync(join(temporaryFolder(), 'folder'));
  });

  it('can be given as bytes and as text', () => {
    const bytes = Buffer.alloc(32, 7);
    for (const given of [
      bytes,
      Buffer.from(bytes.toString('base64')),
      Buffer.from(`${bytes.toString('base64url')}\n`),
    ]) {
      expect(readKey(given, 'the credential').equals(bytes)).toBe(true);
    }
    expect(() => readKey(Buffer.alloc(31), 'the credential')).toThrow('the credential is not a key');
  });

  it('leaves no draft behind', () => {
    const folder = temporaryFolder();
    keyOfFile(join(folder, 'key'));
    expect(existsSync(join(folder, `key.${process.pid}.draft`))).toBe(false);
  });
});

describe('a secret in the store', () => {
  it('is opened by the key and the name that it was sealed with, and by no others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, name, wrong) => {
        const sealed = key.seal(text, name);
        expect(key.open(sealed, name)).toBe(text);
        expect(() => other.open(sealed, name)).toThrow('cannot be decrypted');
        if (wrong !== name) expect(() => key.open(sealed, wrong)).toThrow('cannot be decrypted');
      }),
    );
  });

  it('cannot be moved to another name by who can write the store', () => {
    const sealed = JSON.parse(key.seal('hidden', 'channel 1 password'));
    const moved = JSON.stringify({ ...sealed, key: 'channel 2 password' });
    expect(() => key.open(moved, 'channel 2 password')).toThrow('cannot be decrypted');
  });

  it('is refused when any byte of it was changed, and when it is no sealed text', () => {
    const sealed = JSON.parse(key.seal('hidden words', 'name')) as Record<string, string>;
    for (const part of ['iv', 'tag', 'data']) {
      const bytes = Buffer.from(sealed[part]!, 'base64');
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1;
        expect(() => key.open(JSON.stringify({ ...sealed, [part]: changed.toString('base64') }), 'name')).toThrow();
      }
    }
    // A tag of a few bytes would be guessed.
    const short = Buffer.from(sealed.tag!, 'base64').subarray(0, 4).toString('base64');
    for (const text of ['', 'null', '{}', '[]', '"a"', JSON.stringify({ ...sealed, tag: short })]) {
      expect(() => key.open(text, 'name')).toThrow('name cannot be decrypted');
    }
  });

  it('is never the same twice, while its fingerprint always is', () => {
    expect(key.seal('a', 'n')).not.toBe(key.seal('a', 'n'));
    expect(key.seal('hidden', 'n')).not.toContain('hidden');
    expect(key.fingerprint('a')).toBe(key.fingerprint('a'));
    expect(key.fingerprint('a')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(
      new Set([key.fingerprint('a'), key.fingerprint('b'), other.fingerprint('a'), key.fingerprint('')]).size,
    ).toBe(4);
  });
});

describe('a store that is opened with another key', () => {
  it('is refused before anything is sealed with it', async () => {
    const store = await openFile(join(temporaryFolder(), 'store.sqlite'));
    await requireSameKey(store, key);
    await requireSameKey(store, key);
    expect(await failureOf(requireSameKey(store, other))).toMatchObject({
      code: 'usage',
      message: 'the key is not the one that the secrets of this store were stored with',
    });
    await requireSameKey(store, key);
  });
});
