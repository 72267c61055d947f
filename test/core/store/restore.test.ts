import fs, { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { restoreStore } from '../../../src/core/store/restore.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { migrateSqlite } from '../../../src/core/store/sqlite-migrate.ts';
import { failureOf, openFile, temporaryFolder } from './folder.ts';
import { newer } from './newer.ts';
import { countCommits, nthCommit } from './rows.ts';

const now = Date.parse('2026-11-25T13:00:00Z');
const free = { now, isHeld: async () => false };

/** A store of eight commits, closed, and a copy of its first three. */
async function prepare() {
  const folder = temporaryFolder();
  const [file, copy] = [join(folder, 'store.sqlite'), join(folder, 'copy')];
  const store = await openSqlite(file);
  for (let n = 1; n <= 8; n += 1) {
    await store.commit(nthCommit(store, n));
    if (n === 3) await store.copy(copy);
  }
  await store.close();
  return { folder, file, copy, replaced: `${file}.replaced-2026-11-25T130000Z` };
}

async function commitsIn(file: string): Promise<number> {
  const store = await openSqlite(file);
  try {
    return await countCommits(store);
  } finally {
    await store.close();
  }
}

describe('restoring a store', () => {
  afterEach(() => vi.restoreAllMocks());

  it('puts the copy in its place and keeps what was there beside it', async () => {
    const { folder, file, copy, replaced } = await prepare();
    expect(await restoreStore(copy, file, free)).toBe(replaced);
    expect(readdirSync(folder).sort()).toEqual(['copy', 'store.sqlite', 'store.sqlite.replaced-2026-11-25T130000Z']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([await commitsIn(file), await commitsIn(replaced), await commitsIn(copy)]).toEqual([3, 8, 3]);
  });

  it('needs no store to be there', async () => {
    const { folder, copy } = await prepare();
    const file = join(folder, 'new.sqlite');
    writeFileSync(`${file}-wal`, 'stale');
    expect(await restoreStore(copy, file, free)).toBeUndefined();
    expect(await commitsIn(file)).toBe(3);
  });

  it('keeps the log of a store that was killed with what it replaces, and no part of it gets into the restored one', async () => {
    const { folder, file, copy, replaced } = await prepare();
    const store = await openFile(file);
    await store.commit(nthCommit(store, 9));
    const killed = join(folder, 'killed');
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(file + suffix, killed + suffix);
    await store.close();
    const kept = await restoreStore(copy, killed, free);
    expect(kept).toBe(replaced.replace('store.sqlite', 'killed'));
    expect([await commitsIn(killed), await commitsIn(kept!)]).toEqual([3, 9]);
  });

  it('keeps a damaged database with its log as they are', async () => {
    const { file, copy, replaced } = await prepare();
    writeFileSync(file, 'no database at all');
    writeFileSync(`${file}-wal`, 'no log');
    expect(await restoreStore(copy, file, free)).toBe(replaced);
    expect(readFileSync(replaced, 'utf8')).toBe('no database at all');
    expect(readFileSync(`${replaced}-wal`, 'utf8')).toBe('no log');
    expect(await commitsIn(file)).toBe(3);
  });

  it('takes over a copy that has a log beside it, and leaves that as it is', async () => {
    const { folder, file } = await prepare();
    const live = await openFile(join(folder, 'live'));
    for (let n = 1; n <= 4; n += 1) await live.commit(nthCommit(live, n));
    const copy = join(folder, 'by-hand');
    for (const suffix of ['', '-wal']) copyFileSync(join(folder, `live${suffix}`), copy + suffix);
    await restoreStore(copy, file, free);
    expect(await commitsIn(file)).toBe(4);
    expect(existsSync(`${copy}-wal`)).toBe(true);
  });

  it('is refused for what is no whole copy of a store that this version knows, and changes nothing', async () => {
    const { folder, file, copy } = await prepare();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('empty'), '');
    writeFileSync(at('text'), 'some text '.repeat(2_000));
    new Database(at('other')).exec('CREATE TABLE t (a)').close();
    copyFileSync(copy, at('newer'));
    const database = new Database(at('newer'));
    await migrateSqlite(database, at('newer'), newer);
    database.close();
    const damaged = readFileSync(copy);
    for (let page = 20; page * 4_096 < damaged.length; page += 1) damaged.fill(0xa5, page * 4_096, page * 4_096 + 100);
    writeFileSync(at('damaged'), damaged);
    const cut = readFileSync(copy);
    writeFileSync(at('cut'), cut.subarray(0, cut.length / 2));
    const before = readFileSync(file);
    const faults: [string, string, RegExp][] = [
      ['missing', 'not_found', /missing: there is no such file$/],
      ['empty', 'usage', /empty: it is not a store of cloudctl$/],
      ['text', 'usage', /text: it is not a store of cloudctl$/],
      ['other', 'usage', /other: it is not a store of cloudctl$/],
      ['newer', 'usage', /newer was written by a newer cloudctl/],
      ['damaged', 'unreachable', /damaged: .*damaged/],
      ['cut', 'unreachable', /cut: .*damaged/],
    ];
    const names = readdirSync(folder);
    for (const [name, code, message] of faults) {
      expect(await failureOf(restoreStore(at(name), file, free))).toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
      expect(readFileSync(file).equals(before)).toBe(true);
      expect(readdirSync(folder)).toEqual(names);
    }
  });

  it('is refused while a daemon holds the store, or anybody has it open', async () => {
    const { file, copy, folder } = await prepare();
    expect(await failureOf(restoreStore(copy, file, { now, isHeld: async () => true }))).toMatchObject({
      code: 'busy',
      hint: 'Stop the daemon first',
    });
    let asked = 0;
    const later = async () => ++asked > 1;
    expect(await failureOf(restoreStore(copy, file, { now, isHeld: later }))).toMatchObject({ code: 'busy' });
    const store = await openSqlite(file);
    expect(await failureOf(restoreStore(copy, file, free))).toMatchObject({
      code: 'busy',
      message: `${file}: another process holds it`,
    });
    expect(await store.commit(nthCommit(store, 9))).toEqual([1, 1, 1]);
    await store.close();
    expect(readdirSync(folder)).toEqual(['copy', 'store.sqlite']);
    expect(await commitsIn(file)).toBe(9);
  });

  it('leaves the whole old store or the whole new one, wherever it stops', async () => {
    for (let at = 1, isOver = false; !isOver; at += 1) {
      const { file, copy, folder } = await prepare();
      let steps = 0;
      for (const name of ['linkSync', 'renameSync', 'rmSync', 'fsyncSync', 'copyFileSync'] as const) {
        const real = fs[name] as (...words: unknown[]) => unknown;
        vi.spyOn(fs, name).mockImplementation(((...words: unknown[]) => {
          steps += 1;
          if (steps >= at) throw Object.assign(new Error('stopped'), { code: 'EIO' });
          return real(...words);
        }) as never);
      }
      const done = await restoreStore(copy, file, free).catch(error => {
        expect(error).toMatchObject({ message: expect.stringMatching(/its disk fails|stopped/) });
      });
      isOver = done !== undefined;
      vi.restoreAllMocks();
      const count = await commitsIn(file);
      expect([3, 8]).toContain(count);
      const kept = readdirSync(folder).find(name => name.includes('.replaced-') && !name.includes('-wal'));
      if (count === 3) expect(await commitsIn(join(folder, kept!))).toBe(8);
      rmSync(folder, { recursive: true });
      expect(at).toBeLessThan(60);
    }
  });

  it('is refused for MySQL with the tool that does it', async () => {
    expect(await failureOf(restoreStore('copy', 'mysql://ada:hidden@db/c', free))).toMatchObject({
      code: 'usage',
      hint: 'mysql < dump',
    });
  });
});
