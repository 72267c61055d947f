// The audit log: entries a second, each chained to the one before and on the disk before it counts.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, require } from './load.mjs';
import { rate } from './measure.mjs';

const clock = { now: Date.now };
const entry = number => ({
  actor: 'schedule nightly',
  action: 'backup.create',
  target: { type: 'server', id: number, name: `web-${number}` },
  result: 'done',
});

/** Entries a second that so many writers add, each its next one when its last is on the disk. */
async function countAppended(parts, folder, total, writers) {
  const store = await parts.openSqlite(join(folder, `audit-${writers}.sqlite`));
  const audit = parts.openAudit({ store, clock, key: parts.auditKeyOf(randomBytes(32)) });
  let next = 0;
  const write = async () => {
    while (next < total) await audit.commit([entry(next++)]);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: writers }, write));
  const took = performance.now() - start;
  await store.close();
  return (total / took) * 1000;
}

/** Rows a second of the same size that SQLite itself takes, a durable commit each. */
function countInserted(folder, total) {
  const database = new (require('better-sqlite3'))(join(folder, 'bare.sqlite'));
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma);
  database.exec('CREATE TABLE rows (seq INTEGER PRIMARY KEY, text TEXT)');
  const insert = database.prepare('INSERT INTO rows (text) VALUES (?)');
  const text = JSON.stringify(entry(1)).padEnd(250);
  const start = performance.now();
  for (let count = 0; count < total; count += 1) insert.run(text);
  const took = performance.now() - start;
  database.close();
  return (total / took) * 1000;
}

export const auditRow = {
  name: 'audit entries',
  bar: '',
  measure: async () => {
    const parts = await load('core/audit/log.ts', 'core/audit/keys.ts', 'core/store/sqlite.ts');
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-audit-'));
    try {
      const bare = countInserted(folder, 2000);
      const lines = [
        ['audit entries, 100 writers', await countAppended(parts, folder, 20_000, 100)],
        ['  one after the other', await countAppended(parts, folder, 2000, 1)],
      ];
      return lines.map(([what, mine]) => [what, rate(mine), `bare SQLite ${rate(bare)}`, (mine / bare).toFixed(2)]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
