import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addContext, type ConfigDocument, replacePreferences } from '../../../src/core/config/document.ts';
import { changeConfig, readConfig } from '../../../src/core/config/file.ts';
import { failureOf, home, sampleToken } from './home.ts';

const read = async (config: string) => (await readConfig(home({ config }).config)).document;

describe('the configuration file', () => {
  it('may be missing', async () => {
    const { config } = home();
    expect(await readConfig(config)).toEqual({ path: config, text: '', document: {} });
  });

  it.each([
    ['a = 1\nb = [', 2, 'unfinished array'],
    ['active_context = 1', 1, 'active_context: is not text'],
    ['\npreferences = 1', 2, 'preferences: is not a table'],
    ['contexts = 1', 1, 'contexts: is not a list of tables'],
    ['contexts = [1]', undefined, 'contexts: is not a table'],
    ['[[contexts]]\nx = 1', 1, 'contexts: has no name'],
    ['[[contexts]]\nname = "a"\n[[contexts]]\nname = "a"', 4, "contexts.name: 'a' is there twice"],
    ['[[contexts]]\nname = "a"\npreferences = 1', 3, 'contexts.preferences: is not a table'],
  ])('that is %j is a failure that names line and key', async (text, line, fault) => {
    const { config } = home({ config: text });
    const failure = await failureOf(() => readConfig(config));
    expect(failure.code).toBe('usage');
    expect(failure.message).toBe(`${config}${line === undefined ? '' : `:${line}`}: ${fault}`);
  });

  it("that is broken beside a token never has it in the failure, since hcloud's file holds tokens", async () => {
    const { config } = home({ config: `[[contexts]]\ntoken = "${sampleToken}" oops` });
    const failure = await failureOf(() => readConfig(config));
    expect(failure.code).toBe('usage');
    expect(JSON.stringify([failure.message, failure.hint, failure.cause ?? null])).not.toContain(sampleToken);
  });

  it('keeps what cloudctl does not know, times and large numbers too', async () => {
    const text = 'later = 2026-11-23T08:00:00Z\nbig = 9007199254740993\n\n[other]\nx = [ 1, 2 ]\n';
    const { config, ...world } = home({ config: text });
    await changeConfig(config, world, document => replacePreferences(document, undefined, { debug: true }));
    const written = fs.readFileSync(config, 'utf8');
    for (const kept of ['later = 2026-11-23T08:00:00', 'big = 9007199254740993', '[other]', 'debug = true']) {
      expect(written).toContain(kept);
    }
  });

  it('is not written when nothing changes', async () => {
    const { config, ...world } = home({ config: '# a comment\n' });
    await changeConfig(config, world, document => document);
    expect(fs.readFileSync(config, 'utf8')).toBe('# a comment\n');
  });

  it('of hcloud with tokens in it is never written', async () => {
    const text = `[[contexts]]\nname = "a"\ntoken = "${sampleToken}"\n`;
    const { config, ...world } = home({ config: text });
    const failure = await failureOf(() => changeConfig(config, world, document => addContext(document, { name: 'b' })));
    expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining('context import') });
    expect(fs.readFileSync(config, 'utf8')).toBe(text);
  });

  it('stays as it was when the change fails', async () => {
    const { config, ...world } = home({ config: '[[contexts]]\nname = "a"\n' });
    await failureOf(() => changeConfig(config, world, document => addContext(document, { name: 'a' })));
    expect(await read(fs.readFileSync(config, 'utf8'))).toEqual({ contexts: [{ name: 'a' }] });
  });

  it('loses nothing of many changes at the same time', async () => {
    const { config, ...world } = home();
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    await Promise.all(names.map(name => changeConfig(config, world, document => addContext(document, { name }))));
    const { document } = await readConfig(config);
    expect(document.contexts?.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('gives back any contexts and preferences that were written', async () => {
    const text = fc.string({ unit: 'binary' });
    const value = fc.oneof(text, fc.boolean(), fc.integer(), fc.array(text));
    const preferences = fc.dictionary(text, fc.oneof(value, fc.dictionary(text, value)));
    const context = fc.record({ name: text.filter(name => name !== ''), preferences });
    const contexts = fc.uniqueArray(context, { selector: ({ name }) => name, maxLength: 5 });
    const document = fc.record({ active_context: text, preferences, contexts });
    const { config, ...world } = home();
    await fc.assert(
      fc.asyncProperty(document, async (wanted: ConfigDocument) => {
        await changeConfig(config, world, () => wanted);
        expect(plain((await readConfig(config)).document)).toEqual(plain(wanted));
      }),
    );
  });
});

/** Without prototypes, which differ, and without empty lists of tables, which TOML cannot tell from none. */
function plain(document: ConfigDocument): unknown {
  const { contexts = [], ...rest } = JSON.parse(JSON.stringify(document));
  return { ...rest, contexts };
}
