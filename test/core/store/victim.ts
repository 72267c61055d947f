// A process that works with a store and may be killed. Its words: what it does, the file, and for `migrate` the number
// of the step at which it dies (0: none). `commit` writes the number of each commit when it is acknowledged; `migrate`
// writes the number of its steps when it has ended; `open` only opens and closes.
import fs from 'node:fs';
import Database from 'better-sqlite3';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { migrateSqlite } from '../../../src/core/store/sqlite-migrate.ts';
import { newer } from './newer.ts';
import { countCommits, nthCommit } from './rows.ts';

const [deed, file = '', at = '0'] = process.argv.slice(2);

async function commit(): Promise<void> {
  const store = await openSqlite(file);
  for (let n = (await countCommits(store)) + 1; ; n += 1) {
    await store.commit(nthCommit(store, n));
    fs.writeSync(1, `${n}\n`);
  }
}

async function migrate(): Promise<void> {
  let steps = 0;
  const dying = <T extends object>(table: T, names: readonly (keyof T)[]) => {
    for (const name of names) {
      const real = table[name] as (...words: unknown[]) => unknown;
      table[name] = function (this: unknown, ...words: unknown[]) {
        steps += 1;
        if (String(steps) === at) process.kill(process.pid, 'SIGKILL');
        return real.apply(this, words);
      } as T[keyof T];
    }
  };
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  dying(Database.prototype, ['exec', 'pragma', 'backup', 'close']);
  dying(fs, ['openSync', 'fsyncSync', 'renameSync', 'rmSync']);
  await migrateSqlite(database, file, newer);
  database.close();
  fs.writeSync(1, `${steps}\n`);
}

await { commit, migrate, open: async () => (await openSqlite(file)).close() }[deed as 'open']();
