// A year of a project with everything going wrong, as `npm run simulate` lives it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { require } from './load.mjs';
import { ms } from './measure.mjs';

const simulate = fileURLToPath(new URL('../scripts/simulate.mjs', import.meta.url));
const seeds = 10;
const statements = 100_000;

/** Milliseconds that SQLite takes by itself for about as many statements as a year has: machines differ by a factor of three. */
function timeBare() {
  const Database = require('better-sqlite3');
  const database = new Database(':memory:');
  database.exec('CREATE TABLE bench (id INTEGER PRIMARY KEY, state TEXT, at INTEGER)');
  const insert = database.prepare('INSERT INTO bench VALUES (?, ?, ?)');
  for (let id = 0; id < 1000; id += 1) insert.run(id, 'waiting', id);
  const read = database.prepare('SELECT * FROM bench WHERE id = ?');
  const update = database.prepare('UPDATE bench SET state = ?, at = ? WHERE id = ?');
  // Begin, change and commit are three.
  const change = database.transaction(id => update.run('done', id, id));
  const start = performance.now();
  for (let count = 0; count < statements; count += 4) {
    read.all(count % 1000);
    change.immediate(count % 1000);
  }
  const took = performance.now() - start;
  database.close();
  return took;
}

export const yearRow = {
  name: 'a simulated year of 20 servers',
  bar: 'about 1 s',
  measure: async () => {
    const bare = timeBare();
    const { stdout } = spawnSync(process.execPath, [simulate, '--seeds', String(seeds), '--jobs', '1'], {
      encoding: 'utf8',
    });
    const [, each] = /([\d.]+) s of processor time each/.exec(stdout) ?? [];
    if (each === undefined) throw new Error(`a year was not lived: ${stdout}`);
    const took = Number(each) * 1000;
    const yardstick = `100,000 statements of SQLite alone ${ms(bare)}`;
    return [['a simulated year of 20 servers', ms(took), yardstick, (took / bare).toFixed(1)]];
  },
};
