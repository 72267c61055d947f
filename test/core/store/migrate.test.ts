import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrations } from '../../../src/core/store/migrate.ts';
import { openMysql } from '../../../src/core/store/mysql.ts';
import { migrateMysql } from '../../../src/core/store/mysql-migrate.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { migrateSqlite } from '../../../src/core/store/sqlite-migrate.ts';
import { hasMysql, mysqlServer, newDatabase } from '../../helpers/stores.ts';
import { openCuttingProxy } from './cutting-proxy.ts';
import { failureOf, temporaryFolder } from './folder.ts';
import { newer } from './newer.ts';
import { buildVictim, startVictim } from './processes.ts';
import { nthCommit } from './rows.ts';

const indexes = migrations.flat().filter(sql => sql.startsWith('CREATE INDEX')).length;
const tables = migrations.flat().flatMap(sql => /^CREATE TABLE (\w+)/.exec(sql)?.[1] ?? []);

/** A file as this version leaves it, with a row. */
async function oldFile(folder: string): Promise<string> {
  const file = join(folder, 'old');
  const store = await openSqlite(file);
  await store.commit(nthCommit(store, 1));
  await store.close();
  return file;
}

/** What there is after all changes have been made once. */
function changedOnce(database: Database.Database): unknown {
  return {
    version: database.pragma('user_version', { simple: true }),
    teams: database.prepare('SELECT name, color FROM teams').all(),
    events: database.prepare('SELECT at, team FROM events').all(),
    indexes: database
      .prepare("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
      .pluck()
      .get(),
    faults: database.pragma('integrity_check', { simple: true }),
  };
}
const wanted = {
  version: newer.length,
  teams: [{ name: 'count', color: 'red' }],
  events: [{ at: 1, team: 2 }],
  indexes: indexes + 1,
  faults: 'ok',
};

describe('a change of the tables in a file', () => {
  let victim: string;
  beforeAll(() => {
    victim = buildVictim();
  });

  async function finish(file: string): Promise<unknown> {
    const database = new Database(file);
    try {
      await migrateSqlite(database, file, newer);
      return changedOnce(database);
    } finally {
      database.close();
    }
  }

  it('is whole after a kill at any step, with a copy of what there was before', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const old = await oldFile(folder);
    let steps = 100;
    for (let at = 1; at <= steps; at += 1) {
      const file = join(folder, String(at));
      copyFileSync(old, file);
      const { out, err, signal } = await startVictim(victim, 'migrate', file, String(at)).ended;
      expect({ at, err }).toEqual({ at, err: '' });
      if (signal === null) steps = Number(out);
      expect({ at, ...((await finish(file)) as object) }).toEqual({ at, ...wanted });
      expect(readdirSync(folder).filter(name => name.startsWith(`${at}.`))).toEqual([`${at}.before-v${newer.length}`]);
      const before = new Database(`${file}.before-v${newer.length}`, { readonly: true });
      expect(before.pragma('user_version', { simple: true })).toBe(migrations.length);
      expect(before.prepare('SELECT at FROM events').all()).toEqual([{ at: 1 }]);
      before.close();
    }
    expect(steps).toBeGreaterThan(15);
    expect(steps).toBeLessThan(100);
  });

  it('is made once by four processes that begin together', async () => {
    const file = await oldFile(temporaryFolder());
    const all = await Promise.all([1, 2, 3, 4].map(() => startVictim(victim, 'migrate', file).ended));
    expect(all.map(({ err, signal }) => ({ err, signal }))).toEqual(Array(4).fill({ err: '', signal: null }));
    expect(await finish(file)).toEqual(wanted);
  });

  it('is made once by six processes that begin the file together', async () => {
    for (let round = 0; round < 3; round += 1) {
      const file = join(temporaryFolder(), 'store.sqlite');
      const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => startVictim(victim, 'open', file).ended));
      expect(all).toEqual(Array(6).fill({ out: '', err: '', signal: null }));
      const store = await openSqlite(file);
      expect(await store.commit(nthCommit(store, 1))).toEqual([1, 1, 1]);
      await store.close();
    }
  });

  it('makes its copy for the owner only, and none of an empty file', async () => {
    const file = await oldFile(temporaryFolder());
    expect(existsSync(`${file}.before-v${migrations.length}`)).toBe(false);
    await finish(file);
    expect(statSync(`${file}.before-v${newer.length}`).mode & 0o777).toBe(0o600);
  });

  it('undoes everything when one statement fails, and the old version goes on with it', async () => {
    const file = await oldFile(temporaryFolder());
    const database = new Database(file);
    const broken = [...migrations, ['CREATE TABLE teams (id {SERIAL}) {TABLE}', 'UPDATE no_table SET a = 1']];
    await expect(migrateSqlite(database, file, broken)).rejects.toThrow('no such table: no_table');
    database.close();
    const store = await openSqlite(file);
    await expect(store.commit(nthCommit(store, 2))).resolves.toEqual([1, 1, 1]);
    await store.close();
  });

  it('is not made backwards: a newer database is refused, as is one of another program', async () => {
    const file = await oldFile(temporaryFolder());
    await finish(file);
    expect(await failureOf(openSqlite(file))).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/old was written by a newer cloudctl \(version \d+ of its tables\)$/),
      hint: expect.stringContaining(`This one knows versions up to ${migrations.length}:`),
    });
    const other = join(file, '../other');
    new Database(other).exec('CREATE TABLE t (a)').close();
    expect(await failureOf(openSqlite(other))).toMatchObject({
      code: 'usage',
      message: `${other}: it is not a store of cloudctl`,
    });
  });
});

describe.skipIf(!hasMysql)('a change of the tables in MySQL', () => {
  async function open() {
    const [{ url, drop }, proxy] = [await newDatabase(), await openCuttingProxy(mysqlServer)];
    onTestFinished(async () => {
      await proxy.close();
      await drop();
    });
    const through = new URL(url);
    through.port = String(proxy.port);
    return { url, proxy, through: String(through), name: through.pathname.slice(1) };
  }

  async function migrate(url: string, name: string, all = newer): Promise<void> {
    const connection = await mysql.createConnection(url);
    connection.on('error', () => {});
    try {
      await migrateMysql(connection, name, name, all);
    } finally {
      connection.destroy();
    }
  }

  async function ask(url: string, sql: string): Promise<unknown> {
    const connection = await mysql.createConnection(url);
    const [rows] = await connection.query(sql);
    await connection.end();
    return rows;
  }

  it('is finished by the next process after a kill before and after any command', { timeout: 120_000 }, async () => {
    const all = [
      ['CREATE TABLE meta (name {NAME} NOT NULL) {TABLE}', "INSERT INTO meta (name) VALUES ('a')"],
      ...newer.slice(migrations.length).map(one => one.filter(sql => !/audit|events/.test(sql))),
    ];
    const { url, proxy, through, name } = await open();
    proxy.cut();
    await migrate(through, name, all);
    const total = proxy.count;
    expect(total).toBeGreaterThan(20);
    for (let at = 1; at <= total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        await ask(url, 'DROP TABLE meta, teams, migrations');
        proxy.cut({ at, when });
        await expect(migrate(through, name, all)).rejects.toThrow();
        await migrate(through, name, all);
        expect({
          at,
          when,
          rows: await ask(url, 'SELECT CAST(name AS CHAR) AS name, CAST(color AS CHAR) AS color FROM teams'),
        }).toEqual({
          at,
          when,
          rows: [{ name: 'a', color: 'red' }],
        });
        expect(await ask(url, 'SELECT count(*) AS n, sum(done) + 0e0 AS done FROM migrations')).toEqual([
          { n: all.flat().length, done: all.flat().length },
        ]);
      }
    }
  });

  it('is whole after the first tables were left at any place', { timeout: 600_000 }, async () => {
    const { proxy, through, url, name } = await open();
    await openMysql(through).then(store => store.close());
    const total = proxy.count;
    // Each place takes a database of its own: some here, many of them by `npm run torture`.
    const step = process.env.CLOUDCTL_STORE_CUTS ? 3 : Math.ceil(total / 6);
    for (let at = 2; at < total; at += step) {
      await ask(url, `DROP DATABASE ${name}`);
      await ask(mysqlServer, `CREATE DATABASE ${name}`);
      proxy.cut({ at, when: at % 2 ? 'before' : 'after' });
      expect(await failureOf(openMysql(through))).toMatchObject({ code: 'unreachable' });
      const store = await openMysql(through);
      expect(await store.commit(nthCommit(store, 1))).toEqual([1, 1, 1]);
      await store.close();
      const rows = await ask(
        url,
        'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
      );
      expect((rows as { name: string }[]).map(row => row.name).sort()).toEqual([...tables, 'migrations'].sort());
    }
  });

  it('is made once by four that begin together', async () => {
    const { url, name } = await open();
    await Promise.all([1, 2, 3, 4].map(() => migrate(url, name)));
    expect(await ask(url, 'SELECT max(version) AS version FROM migrations')).toEqual([{ version: newer.length }]);
  });

  it('is not made backwards: a newer database is refused, as is one of another program', async () => {
    const { url, name } = await open();
    await migrate(url, name);
    expect(await failureOf(openMysql(url))).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/was written by a newer cloudctl \(version \d+ of its tables\)$/),
    });
    const other = await open();
    await ask(other.url, 'CREATE TABLE meta (a INT)');
    expect(await failureOf(openMysql(other.url))).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/is not a store of cloudctl: it has other tables, such as meta$/),
    });
  });
});
