import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    days: { type: 'string', default: '365' },
    trace: { type: 'boolean', default: false },
  },
});
const [seeds, from, days] = [values.seeds, values.from, values.days].map(Number) as [number, number, number];

const sum = { images: 0, deleted: 0, kills: 0, faults: 0, steps: 0 };
let failed = 0;
for (let seed = from; seed < from + seeds; seed += 1) {
  try {
    const figures = await simulate(seed, days, values.trace ? { trace: line => console.log(line) } : {});
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += figures[name];
  } catch (error) {
    failed += 1;
    console.error(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    console.error(`  replay: npm run simulate -- --seeds 1 --from ${seed} --days ${days} --trace`);
  }
}
const { user, system } = process.cpuUsage();
const seconds = (user + system) / 1_000_000;
console.log(
  `${seeds} seeds of ${days} days, ${failed} broken; ${(seconds / seeds).toFixed(2)} s of processor time each`,
);
console.log(
  Object.entries(sum)
    .map(([name, count]) => `${count} ${name}`)
    .join(', '),
);
process.exitCode = failed > 0 ? 1 : 0;
