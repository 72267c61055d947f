import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Life, liveInProcesses, serveSeeds } from './processes.ts';
import { type Figures, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    days: { type: 'string', default: '365' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    trace: { type: 'boolean', default: false },
  },
});
const [count, from, days, jobs] = (['seeds', 'from', 'days', 'jobs'] as const).map(name => {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} is '${values[name]}': it has to be a whole number from 1 on`);
}) as [number, number, number, number];

/** Lives one seed; an error is part of the answer. */
async function live(seed: number): Promise<Life> {
  const before = process.cpuUsage();
  const spent = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000_000;
  };
  try {
    const figures = await simulate(seed, days, values.trace ? { trace: line => console.log(line) } : {});
    return { seed, seconds: spent(), figures };
  } catch (error) {
    const broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, seconds: spent(), broken };
  }
}

async function lead(): Promise<void> {
  const sum: Record<keyof Figures, number> = { images: 0, deleted: 0, kills: 0, faults: 0, steps: 0 };
  let [broken, lived, seconds] = [0, 0, 0];
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  const workers = Math.min(jobs, count);
  // A trace is of one life after the other.
  const lives = workers === 1 || values.trace ? oneByOne(seeds) : liveInProcesses(seeds, workers);
  for await (const life of lives) {
    seconds += life.seconds;
    lived += 1;
    if (lived % 50 === 0) console.error(`${lived} of ${count} lived`);
    for (const name of Object.keys(life.figures ?? {}) as (keyof Figures)[]) sum[name] += life.figures![name];
    if (life.broken === undefined) continue;
    broken += 1;
    console.error(`seed ${life.seed}: ${life.broken}`);
    console.error(`  replay: npm run simulate -- --seeds 1 --from ${life.seed} --days ${days} --trace`);
  }
  const each = (seconds / count).toFixed(2);
  console.log(`${count} seeds of ${days} days, ${broken} broken; ${each} s of processor time each`);
  console.log(
    Object.entries(sum)
      .map(([name, number]) => `${number} ${name}`)
      .join(', '),
  );
  process.exitCode = broken > 0 ? 1 : 0;
}

async function* oneByOne(seeds: readonly number[]): AsyncGenerator<Life> {
  for (const seed of seeds) yield await live(seed);
}

if (process.send) serveSeeds(live);
else await lead();
