import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCredentials, type Storage } from '../../../src/core/auth/credentials.ts';
import { memoryKeyring, noKeyring } from '../../helpers/keyring.ts';
import { failureOf, type Home, home, sampleToken } from '../config/home.ts';

const credential = { token: sampleToken, origin: 'https://api.hetzner.cloud' };

/** The store of a home as the storage setting has it, with what it noticed. */
function open(at: Home, storage: Storage = 'auto') {
  const notices: string[] = [];
  return { notices, store: openCredentials(at, at.config, storage, text => notices.push(text)) };
}

const textOf = (at: Home) => fs.readFileSync(at.credentials, 'utf8');

describe('tokens where there is a keyring', () => {
  it('are in an encrypted file of which the keyring has only the key', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    const { store, notices } = open(at);
    await store.set('prod', credential);
    expect(textOf(at)).not.toContain(sampleToken.slice(0, 8));
    expect(fs.statSync(at.credentials).mode & 0o777).toBe(0o600);
    const [key] = keyring.entries.values();
    expect(Buffer.from(key!, 'base64')).toHaveLength(32);
    expect(await open(at).store.get('prod')).toEqual(credential);
    expect(notices).toEqual([]);
    expect(store.where).toBe(`${at.credentials}, encrypted with a key in the keyring`);
  });

  it('are encrypted with a new nonce each time and one key', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    const nonces = new Set<string>();
    for (const token of ['a', 'b', 'c']) {
      await open(at).store.set('prod', { ...credential, token });
      nonces.add(JSON.parse(textOf(at)).iv);
    }
    expect(nonces.size).toBe(3);
    expect(keyring.entries.size).toBe(1);
  });

  it('that were plain text before are encrypted by the next change', async () => {
    const at = home({ keyring: memoryKeyring(), credentials: { old: credential } });
    await open(at).store.set('new', credential);
    expect(textOf(at)).not.toContain(sampleToken);
    expect(await open(at).store.get('old')).toEqual(credential);
  });

  it('leave neither file nor key behind when the last is removed', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    await open(at).store.set('prod', credential);
    await open(at).store.remove('prod');
    expect(fs.existsSync(at.credentials)).toBe(false);
    expect(keyring.entries.size).toBe(0);
  });

  it('are plain text after a change with the setting file, and their key is gone', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    await open(at).store.set('prod', credential);
    await open(at, 'file').store.set('other', credential);
    expect(Object.keys(JSON.parse(textOf(at)).credentials)).toEqual(['prod', 'other']);
    expect(keyring.entries.size).toBe(0);
  });

  it('lose nothing when many are set at the same time', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await Promise.all(names.map(name => open(at).store.set(name, { ...credential, token: name })));
    for (const name of names) expect((await open(at).store.get(name))?.token).toBe(name);
    expect(keyring.entries.size).toBe(1);
  });

  it('are not read and not overwritten while it is locked, and that is not called signed out', async () => {
    const at = home({ keyring: memoryKeyring() });
    await open(at).store.set('prod', credential);
    const before = textOf(at);
    const locked = { ...at, keyring: noKeyring };
    for (const storage of ['auto', 'keyring', 'file'] as const) {
      const { store } = open(locked, storage);
      for (const act of [() => store.get('prod'), () => store.set('x', credential), () => store.remove('prod')]) {
        const failure = await failureOf(act);
        expect(failure.code).toBe('unauthorized');
        expect(failure.message).toBe(`the keyring with the key of ${at.credentials} is locked or not there`);
      }
    }
    expect(textOf(at)).toBe(before);
  });

  it('are told to be lost when the keyring has lost the key', async () => {
    const keyring = memoryKeyring();
    const at = home({ keyring });
    await open(at).store.set('prod', credential);
    keyring.entries.clear();
    const failure = await failureOf(() => open(at).store.get('prod'));
    expect([failure.code, failure.message]).toEqual([
      'unauthorized',
      `the keyring has lost the key of ${at.credentials}`,
    ]);
  });

  it('are reported as broken when one byte of the file was changed', async () => {
    const at = home({ keyring: memoryKeyring() });
    await open(at).store.set('prod', credential);
    const sealed = JSON.parse(textOf(at));
    for (const part of ['iv', 'tag', 'data']) {
      const bytes = Buffer.from(sealed[part], 'base64');
      for (let place = 0; place < bytes.length; place += 7) {
        const changed = Buffer.from(bytes);
        changed[place]! ^= 1;
        const text = JSON.stringify({ ...sealed, [part]: changed.toString('base64') });
        fs.writeFileSync(at.credentials, text);
        expect((await failureOf(() => open(at).store.get('prod'))).message).toContain('is not a file of credentials');
        expect((await failureOf(() => open(at).store.set('x', credential))).code).toBe('usage');
        expect(textOf(at)).toBe(text);
      }
    }
  });
});

describe('tokens where there is no keyring', () => {
  it('are plain text for their owner, which is said when the file is made and not again', async () => {
    const at = home();
    const { store, notices } = open(at);
    await store.set('prod', credential);
    await store.set('other', credential);
    expect(notices).toEqual([
      `there is no keyring here, so the token is kept as text in ${at.credentials}, which only you can read`,
    ]);
    expect(fs.statSync(at.credentials).mode & 0o777).toBe(0o600);
  });

  it('are not kept at all when the setting asks for a keyring', async () => {
    const at = home();
    const failure = await failureOf(() => open(at, 'keyring').store.set('prod', credential));
    expect([failure.code, failure.hint]).toEqual(['unauthorized', 'Unlock it, or set CLOUDCTL_TOKEN_STORAGE=file']);
    expect(fs.existsSync(at.credentials)).toBe(false);
  });

  it('never make the keyring be asked when the file is plain text', async () => {
    const at = home({
      credentials: { prod: credential },
      keyring: { ...noKeyring, get: () => Promise.reject(new Error('the keyring was asked')) },
    });
    expect(await open(at).store.get('prod')).toEqual(credential);
  });
});
