// Prints each of the design's figures for the command line beside its yardstick, measured in the same run.
// Nothing here passes or fails: the reader judges.
import { existsSync } from 'node:fs';
import { rows } from './rows.mjs';

const hcloud = ['/usr/bin/hcloud', '/usr/local/bin/hcloud'].find(path => existsSync(path));
if (!hcloud) process.stdout.write('hcloud is not installed: the rows that need it are left out.\n');
process.stdout.write(`Node ${process.version}, ${process.platform}\n\n`);
const table = [['what', 'cloudctl', 'yardstick', 'ratio', 'bar']];
for (const row of rows) {
  if (row.needsHcloud && !hcloud) continue;
  process.stderr.write(`${row.name} ...\n`);
  table.push(...(await row.measure(hcloud)).map(line => [...line.slice(0, 4), line[4] ?? row.bar]));
}
const widths = table[0].map((_, column) => Math.max(...table.map(line => line[column].length)));
for (const line of table)
  process.stdout.write(
    `${line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd()}\n`,
  );
