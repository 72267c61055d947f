import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCredentials } from '../../../src/core/auth/credentials.ts';
import { storePath } from '../../../src/core/auth/file-store.ts';
import { failureOf, home, sampleToken } from '../config/home.ts';

const credential = { token: sampleToken, origin: 'https://api.hetzner.cloud' };

describe('stored credentials', () => {
  it('are given back by name and gone when removed', async () => {
    const world = home();
    const credentials = openCredentials(world, world.config);
    expect(await credentials.get('prod')).toBeUndefined();
    await credentials.set('prod', credential);
    expect(await credentials.get('prod')).toEqual(credential);
    await credentials.set('prod', { ...credential, token: 'other' });
    expect((await credentials.get('prod'))?.token).toBe('other');
    await credentials.remove('prod');
    await credentials.remove('prod');
    expect(await credentials.get('prod')).toBeUndefined();
  });

  it('are in a file for the owner only, and its folder too', async () => {
    const world = home();
    fs.rmSync(path.dirname(world.config), { recursive: true });
    const credentials = openCredentials(world, world.config);
    await credentials.set('prod', credential);
    expect(credentials.where).toBe(world.credentials);
    expect(fs.statSync(world.credentials).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(world.credentials)).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(path.dirname(world.credentials))).toEqual(['credentials.json']);
  });

  it('that others can read are reported and left alone', async () => {
    const world = home({ credentials: { prod: credential } });
    fs.chmodSync(world.credentials, 0o640);
    const credentials = openCredentials(world, world.config);
    for (const act of [() => credentials.get('prod'), () => credentials.set('x', credential)]) {
      const failure = await failureOf(act);
      expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining(`chmod 600 ${world.credentials}`) });
      expect(failure.message).toContain('mode 0640');
    }
    expect(fs.readFileSync(world.credentials, 'utf8')).not.toContain('"x"');
    const onWindows = openCredentials({ ...world, platform: 'win32' }, world.config);
    expect(await onWindows.get('prod')).toEqual(credential);
  });

  it.each([
    '{"version":1,"credentials":{"prod":{"token":"' + sampleToken,
    `{"version":2,"credentials":{"prod":{"token":"${sampleToken}"}}}`,
    `{"version":1,"credentials":{"prod":"${sampleToken}"}}`,
    `{"version":1,"credentials":{"prod":{"token":"${sampleToken}"}}}`,
    '{"version":1,"credentials":[]}',
    '[]',
    '',
  ])('that are broken (%#) are reported without a word of them and never overwritten', async text => {
    const world = home();
    fs.writeFileSync(world.credentials, text, { mode: 0o600 });
    const credentials = openCredentials(world, world.config);
    for (const act of [() => credentials.get('prod'), () => credentials.set('x', credential)]) {
      const failure = await failureOf(act);
      expect(failure.code).toBe('usage');
      expect(failure.message).toContain(world.credentials);
      expect([failure.message, failure.hint, String(failure.cause)].join()).not.toContain(sampleToken.slice(0, 8));
    }
    expect(fs.readFileSync(world.credentials, 'utf8')).toBe(text);
  });

  it('keep any name and what later versions put beside the token', async () => {
    const world = home({ credentials: { old: { ...credential, extra: 1 } } });
    const credentials = openCredentials(world, world.config);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), async name => {
        await credentials.set(name, credential);
        expect(await credentials.get(name)).toEqual(credential);
        await credentials.remove(name);
        expect(await credentials.get(name)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
    expect(await credentials.get('old')).toEqual({ ...credential, extra: 1 });
  });

  it('that a process left half-written when it was killed are removed by the next change, and by the last', async () => {
    const world = home();
    const credentials = openCredentials(world, world.config);
    const left = `${world.credentials}.4711.abc.draft`;
    for (const change of [() => credentials.set('prod', credential), () => credentials.remove('prod')]) {
      fs.writeFileSync(left, sampleToken);
      fs.writeFileSync(`${world.config}.4711.abc.draft`, 'not mine');
      await change();
      expect(fs.existsSync(left)).toBe(false);
      expect(fs.existsSync(`${world.config}.4711.abc.draft`)).toBe(true);
    }
  });

  it('lose nothing when many are set at the same time', async () => {
    const world = home();
    const credentials = openCredentials(world, world.config);
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await Promise.all(names.map(name => credentials.set(name, { ...credential, token: name })));
    for (const name of names) expect((await credentials.get(name))?.token).toBe(name);
  });

  it('of two configurations are never shared, since their contexts may have the same names', () => {
    expect(storePath('/a/config.toml')).toBe('/a/credentials.json');
    expect(storePath('/a/work.toml')).toBe('/a/work.credentials.json');
    expect(storePath('/a/work')).toBe('/a/work.credentials.json');
  });

  it('have no place without a home: none is found, and none can be stored', async () => {
    const credentials = openCredentials(home(), undefined);
    expect(await credentials.get('prod')).toBeUndefined();
    expect(await failureOf(() => credentials.set('prod', credential))).toMatchObject({ code: 'usage' });
    expect(await failureOf(() => credentials.remove('prod'))).toMatchObject({ code: 'usage' });
  });
});
