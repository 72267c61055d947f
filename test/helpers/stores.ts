import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { afterAll } from 'vitest';
import { openMysql } from '../../src/core/store/mysql.ts';
import { openSqlite } from '../../src/core/store/sqlite.ts';
import type { Store } from '../../src/core/store/store.ts';

/** A store of its own, empty; `close` also removes its file or database. */
export interface TestStore extends Store {
  /** The same store as another process opens it; closed with the first one at the latest. */
  another(): Promise<Store>;
  /** Path of the file, or URL of the database. */
  readonly address: string;
}

export interface BackEnd {
  readonly name: 'SQLite' | 'MySQL';
  open(): Promise<TestStore>;
}

/** The server that tests make databases on, `mysql://user:password@host:port`. */
export const mysqlServer = process.env.CLOUDCTL_TEST_MYSQL ?? 'mysql://root@127.0.0.1:3306';

/** Runs statements on the server, outside of any database. */
export async function onMysql(...statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection(mysqlServer);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

/** An empty database's URL, and what drops it. */
export async function newDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `cloudctl_test_${randomBytes(6).toString('hex')}`;
  await onMysql(`CREATE DATABASE ${name}`);
  return { url: `${mysqlServer}/${name}`, drop: () => onMysql(`DROP DATABASE IF EXISTS ${name}`) };
}

/** False, with a notice, where no server is; an error where CLOUDCTL_REQUIRE_SERVICES asks for one. */
export const hasMysql: boolean = await onMysql('SELECT 1').then(
  () => true,
  error => {
    if (process.env.CLOUDCTL_REQUIRE_SERVICES) throw error;
    process.stderr.write(`No MySQL at ${new URL(mysqlServer).host}: what it does is not tested.\n`);
    return false;
  },
);

async function testStore(address: string, open: () => Promise<Store>, remove: () => void | Promise<void>) {
  const opened: Store[] = [];
  const another = async () => {
    const store = await open();
    opened.push(store);
    return store;
  };
  const close = async () => {
    if (opened.length === 0) return;
    for (const store of opened.splice(0)) await store.close();
    await remove();
  };
  return { ...(await another()), another, address, close };
}

const sqlite: BackEnd = {
  name: 'SQLite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-store-'));
    const file = join(folder, 'store.sqlite');
    return testStore(
      file,
      () => openSqlite(file),
      () => rmSync(folder, { recursive: true, force: true }),
    );
  },
};

/** Databases of this file's tests that nobody uses now: to empty one takes a tenth of making one. */
const spare: { url: string; drop: () => Promise<void> }[] = [];
afterAll(async () => {
  for (const { drop } of spare) await drop();
});

const mysqlBackEnd: BackEnd = {
  name: 'MySQL',
  async open() {
    const database = spare.pop() ?? (await newDatabase());
    return testStore(
      database.url,
      () => openMysql(database.url),
      async () => {
        await empty(database.url);
        spare.push(database);
      },
    );
  },
};

/** Removes all rows, and has numbers given from 1 again. */
async function empty(url: string): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    const [tables] = await connection.query(
      `SELECT table_name AS name, auto_increment AS next FROM information_schema.tables
       WHERE table_schema = DATABASE() AND table_name <> 'migrations'`,
    );
    for (const { name, next } of tables as { name: string; next: number | null }[]) {
      const [{ affectedRows }] = await connection.query<mysql.ResultSetHeader>('DELETE FROM ??', [name]);
      // Setting it takes a hundred times as long as finding out that it need not be.
      const isUsed = affectedRows > 0 || (next ?? 1) > 1;
      if (next !== null && isUsed) await connection.query('ALTER TABLE ?? AUTO_INCREMENT = 1', [name]);
    }
  } finally {
    await connection.end();
  }
}

/** The back ends that can be tested here: `describe.each(stores)('... on $name', ({ open }) => ...)`. */
export const stores: readonly BackEnd[] = hasMysql ? [sqlite, mysqlBackEnd] : [sqlite];
