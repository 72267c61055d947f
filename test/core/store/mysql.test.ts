import { inspect } from 'node:util';
import { sql } from 'kysely';
import mysql from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openMysql } from '../../../src/core/store/mysql.ts';
import { readMysqlAddress } from '../../../src/core/store/mysql-address.ts';
import { openConnections } from '../../../src/core/store/mysql-pool.ts';
import { openStore } from '../../../src/core/store/open.ts';
import type { Step, Store } from '../../../src/core/store/store.ts';
import { defer } from '../../contract/queue-place.ts';
import { hasMysql, mysqlServer, newDatabase } from '../../helpers/stores.ts';
import { openCuttingProxy } from './cutting-proxy.ts';
import { failureOf } from './folder.ts';
import { countCommits, nthCommit } from './rows.ts';

describe('the address of a MySQL store', () => {
  it('is read into its parts, and told without its password', () => {
    expect(readMysqlAddress('mysql://ada:p%40ss@db.example.com:3307/cloud%20ctl')).toEqual({
      host: 'db.example.com',
      port: 3307,
      user: 'ada',
      password: 'p@ss',
      database: 'cloud ctl',
      where: 'mysql://ada@db.example.com:3307/cloud ctl',
    });
    expect(readMysqlAddress('mysql://[::1]/c')).toMatchObject({ host: '::1', port: 3306, where: 'mysql://[::1]/c' });
    expect(readMysqlAddress('mysql://ada@localhost/c?socket=/run/mysqld.sock')).toMatchObject({
      socketPath: '/run/mysqld.sock',
      where: 'mysql://ada@/run/mysqld.sock/c',
    });
    expect(readMysqlAddress('mysql://db/c?tls=on')).toMatchObject({ ssl: {} });
  });

  it.each([
    ['mysql://ada:hidden@', 'it cannot be read'],
    ['mysql://ada:hidden@db:99999/c', 'it cannot be read'],
    ['mysql://ada:hidden@db', 'it names no database'],
    ['mysql://ada:hidden@db/a/b', 'it names no database'],
    ['mysql://ada:hidden@db/c?tsl=on', "'tsl' is not known; there are socket, tls and ca"],
    ['mysql://ada:hidden@db/c?tls=off', "tls can only be 'on'"],
    ['mysql://ada:hidden%zz@db/c', 'a % in it is not followed by two hexadecimal digits'],
    ['mysql:///c', 'it names no host'],
  ])('is refused in words when it is wrong, and never quoted: %s', async (address, fault) => {
    const failure = await failureOf(openStore(address));
    expect(failure).toMatchObject({ code: 'usage', message: `the address of the MySQL store is wrong: ${fault}` });
    expect(inspect(failure, { depth: 9 })).not.toContain('hidden');
  });
});

describe.skipIf(!hasMysql)('a MySQL server', () => {
  const at = (url: string, change: Partial<URL>) => String(Object.assign(new URL(url), change));

  async function open() {
    const [{ url, drop }, proxy] = [await newDatabase(), await openCuttingProxy(mysqlServer)];
    const through = at(url, { port: String(proxy.port) });
    const [store, direct] = [await openMysql(through), await openMysql(url)];
    onTestFinished(async () => {
      await store.close();
      await direct.close();
      await proxy.close();
      await drop();
    });
    return { url, store, direct, proxy };
  }

  it.each([
    ['another port', { port: '1' }, 'unreachable', 'nothing listens there'],
    ['another user', { username: 'nobody', password: 'hidden' }, 'usage', 'user or password is wrong'],
    ['another password', { password: 'hidden' }, 'usage', 'user or password is wrong'],
    ['another database', { pathname: '/cloudctl_not_there' }, 'usage', 'there is no such database'],
    ['another host', { hostname: 'nothing.invalid' }, 'unreachable', /no such host|cannot be looked up/],
  ])('is said to be wrong in words: %s', async (_, change, code, fault) => {
    const failure = await failureOf(openMysql(at(`${mysqlServer}/mysql`, change)));
    expect(failure).toMatchObject({ code, ambiguous: false });
    expect(failure.message).toMatch(fault);
    expect(failure.message).toMatch(/^mysql:\/\//);
    expect(inspect(failure, { depth: 9 })).not.toContain('hidden');
  });

  it('gives the rows to others that a process keeps which is stopped amid a commit', async () => {
    const { url, drop } = await newDatabase();
    const other = await openMysql(url);
    const stopped = await openConnections(readMysqlAddress(url), { patience: 30_000, silence: 1000 });
    onTestFinished(async () => {
      await Promise.all([stopped.close(), other.close()]);
      await drop();
    });
    const [written, resumed] = [defer(), defer()];
    const begun = stopped.use(async query => {
      await query('BEGIN');
      await query("INSERT INTO meta (name, value) VALUES ('one', 'stopped')");
      written.resolve();
      await resumed.promise;
      await query('COMMIT');
    });
    await written.promise;
    const insert = other.db.insertInto('meta').values({ name: 'one', value: 'other' });
    expect(await other.commit([{ query: insert, changes: 1 }])).toEqual([1]);
    resumed.resolve();
    await expect(begun).rejects.toThrow();
    expect(await other.db.selectFrom('meta').select('value').where('name', '=', 'one').execute()).toEqual([
      { value: 'other' },
    ]);
  });

  it('that is lost before a commit has its COMMIT is asked anew, and keeps it once', async () => {
    const { store, direct, proxy } = await open();
    for (const [n, place] of ['BEGIN', 'insert into `events`', 'insert into `checkpoints`'].entries()) {
      for (const when of ['before', 'after'] as const) {
        proxy.cut({ at: place, when });
        const number = 2 * n + (when === 'after' ? 2 : 1);
        expect(await store.commit(nthCommit(store, number))).toEqual([1, 1, 1]);
        expect(await countCommits(direct)).toBe(number);
      }
    }
  });

  it('that is lost at the COMMIT leaves open whether it was kept, and says so', async () => {
    const { store, direct, proxy } = await open();
    proxy.cut({ at: 'COMMIT', when: 'before' });
    const lost = { code: 'unreachable', ambiguous: true, message: expect.stringMatching(/the connection was lost$/) };
    expect(await failureOf(store.commit(nthCommit(store, 1)))).toMatchObject(lost);
    expect(await countCommits(direct)).toBe(0);
    proxy.cut({ at: 'COMMIT', when: 'after' });
    expect(await failureOf(store.commit(nthCommit(store, 1)))).toMatchObject(lost);
    await expect.poll(() => countCommits(direct)).toBe(1);
    expect(await store.commit(nthCommit(store, 2))).toEqual([1, 1, 1]);
  });

  it('that is lost while it is asked is asked again for rows; a single write is left open', async () => {
    const { store, proxy } = await open();
    proxy.cut({ at: 'select', when: 'after' });
    expect(await store.db.selectFrom('events').selectAll().execute()).toEqual([]);
    proxy.cut({ at: 'delete', when: 'before' });
    expect(await failureOf(store.db.deleteFrom('events').execute())).toMatchObject({
      code: 'unreachable',
      ambiguous: true,
    });
  });

  it('that does not come back is said to be away, and served again when it is there', async () => {
    const { store, proxy, url } = await open();
    await proxy.close();
    expect(await failureOf(store.commit(nthCommit(store, 1)))).toMatchObject({ code: 'unreachable', ambiguous: false });
    expect(await failureOf(store.db.selectFrom('meta').selectAll().execute())).toMatchObject({ code: 'unreachable' });
    expect(await failureOf(openMysql(at(url, { port: String(proxy.port) })))).toMatchObject({ code: 'unreachable' });
  });

  it('that ends its connections is asked over new ones', async () => {
    const { store, url } = await open();
    await Promise.all([1, 2, 3].map(() => store.db.selectFrom('meta').selectAll().execute()));
    const connection = await mysql.createConnection(url);
    const [rows] = await connection.query(
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    );
    for (const { id } of rows as { id: number }[]) await connection.query(`KILL ${id}`);
    await connection.end();
    expect(await store.commit(nthCommit(store, 1))).toEqual([1, 1, 1]);
    expect(await store.db.selectFrom('events').selectAll().execute()).toHaveLength(1);
  });

  const set = (store: Store, name: string, value: string): Step => ({
    query: store.db.updateTable('meta').set({ value }).where('name', '=', name),
    changes: 1,
  });

  it('that finds commits in each other’s way has all of them carried out in the end', async () => {
    const { store, direct } = await open();
    for (const name of ['a', 'b', 'c'])
      await store.commit([{ query: store.db.insertInto('meta').values({ name, value: '' }) }]);
    const orders = [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['b', 'a', 'c'],
    ];
    const work = Array.from({ length: 60 }, (_, n) => {
      const by = n % 2 ? store : direct;
      return by.commit(orders[n % 3]!.map(name => set(by, name, String(n))));
    });
    expect(await Promise.all(work)).toEqual(Array(60).fill([1, 1, 1]));
    const values = await store.db.selectFrom('meta').select('value').distinct().execute();
    expect(values).toHaveLength(1);
  });

  it('whose rows somebody holds for long has a commit give up with nothing kept', { timeout: 40_000 }, async () => {
    const { store, url } = await open();
    await store.commit(nthCommit(store, 1));
    const holder = await mysql.createConnection(url);
    await holder.query('BEGIN');
    await holder.query("UPDATE meta SET value = 'held'");
    expect(await failureOf(store.commit(nthCommit(store, 2)))).toMatchObject({ code: 'busy', ambiguous: false });
    await holder.query('ROLLBACK');
    await holder.end();
    expect(await countCommits(store)).toBe(1);
    expect(await store.commit(nthCommit(store, 2))).toEqual([1, 1, 1]);
  });

  it('reads values as they were written, and checks as MySQL 8 does, whatever its settings', async () => {
    const { store } = await open();
    const { rows } = await sql<
      Record<string, string>
    >`SELECT @@SESSION.sql_mode AS mode, @@SESSION.autocommit AS auto`.execute(store.db);
    expect(rows[0]!.mode).toMatch(/^ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES/);
    expect(rows[0]!.mode).not.toMatch(/NO_BACKSLASH_ESCAPES|ANSI/);
    const text = `\\' OR 1 = 1; -- "`;
    await store.commit([{ query: store.db.insertInto('meta').values({ name: text, value: text }) }]);
    expect(await store.db.selectFrom('meta').selectAll().where('name', '=', text).execute()).toEqual([
      { name: text, value: text },
    ]);
  });

  it('has no part of a statement or its values in an error, but for the name of what is wrong', async () => {
    const { store } = await open();
    const bad = [
      store.db.insertInto('meta').values({ name: 'a', value: 'hidden', no_such: 1 } as never),
      store.db.insertInto('meta').values({ name: 'x'.repeat(300), value: 'hidden' }),
    ];
    for (const query of bad) {
      for (const work of [() => query.execute(), () => store.commit([{ query }])]) {
        const failure = await failureOf(work());
        expect(failure.code).toMatch(/unexpected|refused/);
        expect(inspect(failure, { depth: 9 })).not.toContain('hidden');
      }
    }
  });

  it('that hangs is not waited for longer than it was said, nor asked again', async () => {
    const { url } = await open();
    const store = await openMysql(url, 300);
    const away = { code: 'unreachable', message: expect.stringMatching(/it does not answer$/) };
    const begun = performance.now();
    expect(await failureOf(sql`SELECT SLEEP(20)`.execute(store.db))).toMatchObject({ ...away, ambiguous: false });
    expect(await failureOf(sql`DO SLEEP(20)`.execute(store.db))).toMatchObject({ ...away, ambiguous: true });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await store.db.selectFrom('meta').selectAll().execute()).toEqual([]);
    await store.close();
    expect(await failureOf(store.commit(nthCommit(store, 1)))).toMatchObject({ code: 'interrupted' });
  });

  it('is copied by its own tools, which the error names', async () => {
    const { store } = await open();
    expect(await failureOf(store.copy('/tmp/never'))).toMatchObject({
      code: 'usage',
      hint: 'mysqldump --single-transaction',
    });
  });
});
