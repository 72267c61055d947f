import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type FailureCode } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';
import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { askStatus, findInstance, findPlace, type Place } from './instance.ts';
import { configWords, daemonEnvironment, daemonFields } from './program.ts';
import { writeStatus } from './status.ts';
import { findUnit, systemctl } from './unit.ts';

/** Milliseconds until a daemon that is not ready is given up. */
const patience = 30_000;
const largestLog = 10 * 2 ** 20;

/** `daemon start`: through systemd where the unit is installed, else a process in the background. */
export const start = command({
  name: 'start',
  summary: 'Start the daemon, and wait until it is ready',
  description:
    'Where it is installed as a unit of systemd, that is started; otherwise it becomes a process in the background, which writes its log into its state directory.',
  fields: { ...daemonFields, ...outputFields },
  examples: ['cloudctl daemon start', 'cloudctl daemon start --config /etc/cloudctl/test.toml'],
  exits: ['busy', 'refused', 'timeout'],
  async run(session, input) {
    const format = parseFormat(input);
    const { world } = session;
    const place = await findPlace(world, input.config);
    const running = await findInstance(place);
    if (running) {
      throw new Failure('busy', `the daemon runs already: process ${running.pid}`, { hint: 'cloudctl daemon status' });
    }
    const unit = findUnit(world, input.config, { isSystem: place.is_system });
    if (unit) await systemctl(world, unit, 'start', 'cloudctld');
    else await launch(world, place, input.config);
    await writeStatus(session, format, input.config);
  },
});

/** The log of a daemon in the background. */
export function logFile({ state_directory }: Pick<Place, 'state_directory'>): string {
  return join(state_directory, 'cloudctld.log');
}

async function launch(world: World, place: Place, config: string | undefined): Promise<void> {
  const { spawn } = await import('node:child_process');
  const log = openLog(place);
  const begin = fstatSync(log).size;
  const words = [world.programs.daemon, 'run', ...configWords(config ?? (world.env.CLOUDCTLD_CONFIG || undefined))];
  const child = spawn(process.execPath, words, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: daemonEnvironment(world),
  });
  closeSync(log);
  let status: number | null | undefined;
  child.once('exit', code => {
    status = code;
  });
  child.unref();
  const deadline = world.clock.now() + patience;
  while (!(await isReady(world, place, child.pid))) {
    if (status !== undefined) throw notStarted(place, begin, status);
    if (world.clock.now() > deadline) {
      child.kill('SIGKILL');
      throw new Failure('timeout', 'the daemon did not become ready', { hint: `See ${logFile(place)}` });
    }
    await world.clock.sleep(25, world.signal);
  }
}

async function isReady(world: World, place: Place, pid: number | undefined): Promise<boolean> {
  if ((await findInstance(place))?.pid !== pid) return false;
  try {
    return (await askStatus(world, place.socket)).ready;
  } catch {
    return false;
  }
}

function openLog(place: Place): number {
  const file = logFile(place);
  try {
    mkdirSync(place.state_directory, { recursive: true, mode: 0o700 });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(file, `${file}.1`);
    return openSync(file, 'a', 0o600);
  } catch (error) {
    throw new Failure('usage', `${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

function notStarted(place: Place, begin: number, status: number | null): Failure {
  const text = readFileSync(logFile(place)).subarray(begin).toString('utf8').trim();
  const code = ({ 2: 'usage', 75: 'busy' } as Partial<Record<number, FailureCode>>)[status ?? 1] ?? 'refused';
  const last = text
    .split('\n')
    .slice(-10)
    .map(line => line.replace(/^cloudctld: /, ''));
  return new Failure(code, ['the daemon did not start', ...last].join('\n'), { hint: `All of it: ${logFile(place)}` });
}
