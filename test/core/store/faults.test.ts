import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { failureOf, openFile, temporaryFolder } from './folder.ts';
import { countCommits, nthCommit } from './rows.ts';
import { fillDisk, onSmallDisk } from './small-disk.ts';

async function filled(file: string, commits: number) {
  const store = await openFile(file);
  for (let n = 1; n <= commits; n += 1) await store.commit(nthCommit(store, n));
  return store;
}

describe('a full disk', () => {
  it('has a commit refused in words, loses none that was acknowledged, and is forgotten when there is room', () =>
    onSmallDisk(async folder => {
      const file = join(folder, 'store.sqlite');
      const store = await filled(file, 5);
      const filler = fillDisk(folder);
      let done = 5;
      for (let refused = 0; refused < 3; ) {
        try {
          expect(await store.commit(nthCommit(store, done + 1))).toEqual([1, 1, 1]);
          done += 1;
        } catch (error) {
          expect(error).toMatchObject({ code: 'unreachable', message: `${file}: no space is left on the disk` });
          refused += 1;
        }
      }
      expect(await countCommits(store)).toBe(done);
      rmSync(filler);
      expect(await store.commit(nthCommit(store, done + 1))).toEqual([1, 1, 1]);
      await store.close();
      const next = await openSqlite(file);
      expect(await countCommits(next)).toBe(done + 1);
      await next.close();
    }));

  it('has no store begun on it', () =>
    onSmallDisk(async folder => {
      rmSync(fillDisk(folder));
      const filler = fillDisk(folder);
      const failure = await failureOf(openSqlite(join(folder, 'store.sqlite')));
      expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringMatching(/no space is left|disk/) });
      rmSync(filler);
      await (await openSqlite(join(folder, 'store.sqlite'))).close();
    }));
});

describe('a file that cannot be written', () => {
  it('is refused with what to do, whatever keeps it from it', async () => {
    const folder = temporaryFolder();
    const missing = join(folder, 'no/store.sqlite');
    expect(await failureOf(openSqlite(missing))).toMatchObject({
      code: 'usage',
      message: `${missing}: the folder is not there`,
    });
    expect(await failureOf(openSqlite(folder))).toMatchObject({ code: 'usage', message: `${folder}: it is a folder` });
    const text = join(folder, 'text');
    writeFileSync(text, 'This is no database, but a text of some length. '.repeat(100));
    expect(await failureOf(openSqlite(text))).toMatchObject({
      code: 'usage',
      message: `${text}: it is not a store of cloudctl`,
    });
    expect(readFileSync(text, 'utf8')).toMatch(/^This is no database/);
    const below = join(text, 'store.sqlite');
    expect(await failureOf(openSqlite(below))).toMatchObject({
      code: 'usage',
      message: `${below}: a part of the path is not a folder`,
    });
  });

  // Nothing is forbidden to root, so that another user has to try.
  it.skipIf(process.getuid?.() !== 0)('is refused to a user who may not write it', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const file = join(folder, 'store.sqlite');
    await (await openSqlite(file)).close();
    chmodSync(file, 0o444);
    const [uid, euid] = [65_534, process.geteuid!()];
    process.seteuid!(uid);
    try {
      expect(await failureOf(openSqlite(file))).toMatchObject({ code: 'usage', message: `${file}: permission denied` });
      const other = join(folder, 'other.sqlite');
      expect(await failureOf(openSqlite(other))).toMatchObject({
        code: 'usage',
        message: `${other}: permission denied`,
      });
    } finally {
      process.seteuid!(euid);
    }
    // The file is his, the folder is not: SQLite cannot keep its log.
    chmodSync(file, 0o600);
    chownSync(file, uid, uid);
    process.seteuid!(uid);
    try {
      expect(await failureOf(openSqlite(file))).toMatchObject({
        code: expect.stringMatching(/usage|unreachable/),
        message: expect.stringContaining(file),
        hint: expect.stringContaining('owns'),
      });
    } finally {
      process.seteuid!(euid);
    }
  });

  it('is refused on a disk that became read-only while it was in use', () =>
    onSmallDisk(async folder => {
      const file = join(folder, 'store.sqlite');
      const store = await filled(file, 2);
      await store.close();
      if (spawnSync('mount', ['-o', 'remount,ro', folder]).status !== 0) return;
      expect(await failureOf(openSqlite(file))).toMatchObject({
        code: 'usage',
        message: `${file}: the file system is read-only`,
      });
    }));
});

describe('a database that another process holds', () => {
  it('is waited for, and then said to be held', { timeout: 30_000 }, async () => {
    const file = join(temporaryFolder(), 'store.sqlite');
    const store = await filled(file, 1);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    expect(await failureOf(store.commit(nthCommit(store, 2)))).toMatchObject({
      code: 'busy',
      message: `${file}: another process holds it`,
      ambiguous: false,
    });
    // What is there can be read meanwhile.
    expect(await countCommits(store)).toBe(1);
    other.exec('ROLLBACK');
    other.close();
    expect(await store.commit(nthCommit(store, 2))).toEqual([1, 1, 1]);
  });
});

describe('a damaged database', () => {
  it('is noticed where it is read and by the check, in words, and nothing is made up', async () => {
    const file = join(temporaryFolder(), 'store.sqlite');
    await (await openFile(file)).close();
    const begin = statSync(file).size;
    await (await filled(file, 60)).close();
    const { size } = statSync(file);
    const handle = openSync(file, 'r+');
    // Pages of rows only: the first ones say what the tables are.
    for (let at = begin; at < size; at += 4_096) writeSync(handle, Buffer.alloc(512, 0xa5), 0, 512, at);
    const store = await openFile(file);
    expect((await store.check()).length).toBeGreaterThan(0);
    for (const failed of [countCommits(store), store.commit(nthCommit(store, 61))]) {
      expect(await failureOf(failed)).toMatchObject({
        code: 'unreachable',
        message: `${file}: it is damaged`,
        hint: expect.stringContaining('restore a copy'),
      });
    }
  });

  it('is refused when it is opened, where the page of the tables is the damaged one', async () => {
    const file = join(temporaryFolder(), 'store.sqlite');
    await (await filled(file, 3)).close();
    writeSync(openSync(file, 'r+'), Buffer.alloc(3_000, 0xa5), 0, 3_000, 100);
    expect(await failureOf(openSqlite(file))).toMatchObject({ code: 'unreachable', message: `${file}: it is damaged` });
  });
});

describe('files that are removed while they are in use', () => {
  it.each(['-wal', '-shm', ''])('are not written any more: %j', async suffix => {
    const folder = temporaryFolder();
    const file = join(folder, 'store.sqlite');
    const store = await filled(file, 5);
    if (suffix === '') renameSync(file, join(folder, 'moved'));
    else rmSync(file + suffix);
    for (let trial = 0; trial < 2; trial += 1) {
      expect(await failureOf(store.commit(nthCommit(store, 6)))).toMatchObject({
        code: 'unreachable',
        message: `${file}${suffix} was removed or replaced while it was in use; nothing more is written`,
        ambiguous: false,
      });
      const write = store.db.deleteFrom('events').execute();
      expect(await failureOf(write)).toMatchObject({ code: 'unreachable' });
    }
    // A process that dies now has not lost what it acknowledged.
    const found = join(folder, 'found');
    writeFileSync(found, readFileSync(suffix === '' ? join(folder, 'moved') : file));
    const next = await openFile(found);
    expect(await countCommits(next)).toBe(5);
  });

  it('are noticed when another database was put in their place', async () => {
    const folder = temporaryFolder();
    const [file, other] = [join(folder, 'store.sqlite'), join(folder, 'other.sqlite')];
    const store = await filled(file, 5);
    await (await filled(other, 2)).close();
    renameSync(other, file);
    expect(await failureOf(store.commit(nthCommit(store, 6)))).toMatchObject({ code: 'unreachable' });
  });
});

describe('the files of a store', () => {
  it('can be read by their owner only, and are one file after it was closed', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'store.sqlite');
    const store = await filled(file, 1);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600);
    await store.close();
    expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false]);
    const failure = await failureOf(store.commit(nthCommit(store, 2)));
    expect(failure).toMatchObject({ code: 'interrupted', message: `${file}: the store is closed` });
  });

  it('are found behind a symbolic link', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real/store.sqlite'), join(folder, 'link'));
    const store = await filled(join(folder, 'link'), 3);
    expect(await countCommits(store)).toBe(3);
    expect(existsSync(join(folder, 'real/store.sqlite-wal'))).toBe(true);
  });
});
