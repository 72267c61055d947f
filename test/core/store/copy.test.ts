import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyDaily, copyName, pruneCopies, surplusCopies } from '../../../src/core/store/copies.ts';
import { writeCopy } from '../../../src/core/store/copy.ts';
import { failureOf, openFile, temporaryFolder } from './folder.ts';
import { countCommits, nthCommit } from './rows.ts';
import { fillDisk, onSmallDisk } from './small-disk.ts';

describe('a copy of a store', () => {
  it('has what was committed before it, while the work goes on', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    let done = 0;
    const next = async () => {
      done += 1;
      await store.commit(nthCommit(store, done));
    };
    while (done < 300) await next();
    const copy = join(folder, 'copy');
    let isOver = false;
    const copying = store.copy(copy).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await next();
      await new Promise(setImmediate);
    }
    await copying;
    // Work was done between the pages of the copy.
    expect(done).toBeGreaterThan(302);
    const found = await countCommits(await openFile(copy));
    expect(found).toBeGreaterThanOrEqual(300);
    expect(found).toBeLessThanOrEqual(done);
  });

  it('never holds the process for long, however much there is to copy', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    const row = { at: 1, type: 't', data: 'x'.repeat(100_000) };
    const query = store.db.insertInto('events').values(Array(10).fill(row));
    await store.commit(Array(40).fill({ query }));
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    });
    await store.copy(join(folder, 'copy'));
    clearInterval(count);
    expect(statSync(join(folder, 'copy')).size).toBeGreaterThan(40_000_000);
    expect(turns).toBeGreaterThan(10);
  });

  it('is one file, for its owner only, and takes the place of the one before it', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    const copy = join(folder, 'copy');
    for (const n of [1, 2]) {
      await store.commit(nthCommit(store, n));
      await store.copy(copy);
      expect(readdirSync(folder).filter(name => name.startsWith('copy'))).toEqual(['copy']);
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      const database = new Database(copy, { readonly: true });
      expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
      expect(database.prepare('SELECT max(at) FROM events').pluck().get()).toBe(n);
      database.close();
    }
  });

  it('removes what a killed process has left of an earlier one', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    for (const name of ['copy.999.draft', 'copy.999.draft-journal', 'copy.txt', 'copy.999.draft.txt'])
      writeFileSync(join(folder, name), '');
    await store.copy(join(folder, 'copy'));
    expect(readdirSync(folder).filter(name => name.startsWith('copy'))).toEqual([
      'copy',
      'copy.999.draft.txt',
      'copy.txt',
    ]);
  });

  it('leaves nothing, and the one before as it was, when there is no room', () =>
    onSmallDisk(async folder => {
      const store = await openFile(join(temporaryFolder(), 'store.sqlite'));
      const copy = join(folder, 'copy');
      await store.copy(copy);
      const before = readFileSync(copy);
      fillDisk(folder);
      expect(await failureOf(store.copy(copy))).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(copy),
      });
      expect(readdirSync(folder)).toEqual(['copy', 'filler']);
      expect(readFileSync(copy).equals(before)).toBe(true);
    }));

  it('that is damaged is no copy', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    for (let n = 1; n <= 40; n += 1) await store.commit(nthCommit(store, n));
    const copy = join(folder, 'copy');
    const failed = writeCopy(async to => {
      await store.copy(to);
      const bytes = readFileSync(to);
      writeFileSync(to, bytes.fill(0xa5, 45 * 4_096, 45 * 4_096 + 1_000));
    }, copy);
    expect(await failureOf(failed)).toMatchObject({ code: 'unexpected', message: expect.stringContaining('damaged') });
    expect(existsSync(copy)).toBe(false);
  });

  it('is refused into a folder that is not there', async () => {
    const folder = temporaryFolder();
    const store = await openFile(join(folder, 'store.sqlite'));
    const copy = join(folder, 'no/copy');
    expect(await failureOf(store.copy(copy))).toMatchObject({
      code: 'usage',
      message: `${copy}: the folder is not there`,
    });
  });
});

describe('old copies', () => {
  const at = (text: string) => copyName(Date.parse(text));
  const names = [
    at('2026-11-22T04:00:00Z'),
    at('2026-11-23T04:00:00Z'),
    at('2026-11-25T04:00:00Z'),
    at('2026-11-25T09:30:59.999Z'),
  ];

  it('have their time in their name', () => {
    expect(names[3]).toBe('cloudctl-2026-11-25T093059Z.sqlite');
  });

  it('go but for the newest one of each of so many days', () => {
    expect(surplusCopies(names, 2)).toEqual([names[0], names[2]]);
    expect(surplusCopies([...names].reverse(), 1)).toEqual([names[2], names[1], names[0]]);
    expect(surplusCopies(names, 9)).toEqual([names[2]]);
    expect(surplusCopies([], 3)).toEqual([]);
  });

  it('go with drafts that are older than the newest whole one, and with nothing else', () => {
    const drafts = [`${names[0]}.12.draft`, `${names[2]}.12.draft-journal`, `${at('2026-11-25T12:00:00Z')}.12.draft`];
    const others = [
      'store.sqlite',
      'cloudctl.sqlite',
      'cloudctl-2026-11-22.sqlite',
      `${names[0]}.replaced-x`,
      `my-${names[0]}`,
    ];
    expect(surplusCopies([...others, ...drafts, ...names], 9)).toEqual([drafts[0], drafts[1], names[2]]);
  });

  it.each([0, -1, 1.5, Number.NaN])('are not removed when told to keep %d', days => {
    expect(() => surplusCopies(names, days)).toThrow('is not a number of daily copies');
  });

  it('always leave the newest one, and what stays does not change when it is asked again', () => {
    const time = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(
        fc.uniqueArray(time.map(copyName), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (all, days) => {
          const surplus = new Set(surplusCopies(all, days));
          const left = all.filter(name => !surplus.has(name));
          expect(left).toContain([...all].sort().at(-1));
          expect(left.length).toBe(Math.min(days, new Set(all.map(name => name.slice(0, 19))).size));
          expect(surplusCopies(left, days)).toEqual([]);
          expect(surplusCopies(all, days + 1).every(name => surplus.has(name))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are removed from their folder', () => {
    const folder = temporaryFolder();
    for (const name of [...names, 'other']) writeFileSync(join(folder, name), '');
    expect(pruneCopies(folder, 1).sort()).toEqual([names[0], names[1], names[2]]);
    expect(readdirSync(folder)).toEqual([names[3], 'other']);
  });

  it('go when a new one was made, and none of them when it was not', () =>
    onSmallDisk(async folder => {
      const store = await openFile(join(temporaryFolder(), 'store.sqlite'));
      for (const name of names) writeFileSync(join(folder, name), '');
      const now = Date.parse('2026-11-26T04:00:00Z');
      await expect(copyDaily(store, folder, now, 0)).rejects.toThrow('is not a number of daily copies');
      const filler = fillDisk(folder);
      expect(await failureOf(copyDaily(store, folder, now, 2))).toMatchObject({ code: 'unreachable' });
      rmSync(filler);
      expect(readdirSync(folder)).toEqual(names);
      expect(await copyDaily(store, folder, now, 2)).toBe(join(folder, copyName(now)));
      expect(readdirSync(folder)).toEqual([names[3], copyName(now)]);
    }));
});
