import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import type { World } from '../../core/world.ts';
import { command } from '../command.ts';
import { findPlace } from './instance.ts';
import { daemonFields } from './program.ts';
import { logFile } from './start.ts';
import { findUnit, type Unit } from './unit.ts';

const most = 2 ** 20;

/** `daemon logs`: the journal of the unit, or the file of the process in the background. */
export const logs = command({
  name: 'logs',
  summary: "Show the daemon's log",
  fields: {
    ...daemonFields,
    lines: field('integer', 'The last so many lines', { short: 'n', default: 50, placeholder: 'number' }),
    follow: field('boolean', 'Go on showing what is added, until Ctrl-C', { short: 'f' }),
  },
  examples: ['cloudctl daemon logs', 'cloudctl daemon logs -n 200 --follow'],
  exits: ['not_found'],
  async run({ world }, input) {
    if (input.lines < 0) throw new Failure('usage', `--lines: ${input.lines} is less than 0`);
    const place = await findPlace(world, input.config);
    const unit = findUnit(world, input.config, { isSystem: place.is_system });
    if (unit) return showJournal(unit, input.lines, input.follow === true);
    let file: number;
    try {
      file = openSync(logFile(place), 'r');
    } catch (cause) {
      throw new Failure('not_found', `there is no log at ${logFile(place)}`, { hint: 'cloudctl daemon start', cause });
    }
    try {
      await showFile(world, file, input.lines, input.follow === true);
    } finally {
      closeSync(file);
    }
  },
});

async function showJournal({ scope }: Unit, lines: number, follow: boolean): Promise<number> {
  const { spawn } = await import('node:child_process');
  const words = [
    ...(scope === 'user' ? ['--user'] : []),
    '-u',
    'cloudctld',
    '-o',
    'cat',
    '-n',
    String(lines),
    ...(follow ? ['-f'] : []),
  ];
  const child = spawn('journalctl', words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', cause => reject(new Failure('not_found', 'journalctl cannot be run', { cause })));
    child.once('exit', code => resolve(code ?? 0));
  });
}

async function showFile(world: World, file: number, lines: number, follow: boolean): Promise<void> {
  let at = fstatSync(file).size;
  const tail = readFrom(file, Math.max(0, at - most))
    .toString('utf8')
    .split('\n');
  const shown = tail.slice(0, -1).slice(lines === 0 ? tail.length : -lines);
  world.out.write(shown.map(line => `${line}\n`).join(''));
  while (follow && !world.out.closed) {
    await world.clock.sleep(250, world.signal);
    const more = readFrom(file, at);
    at += more.length;
    if (more.length > 0) world.out.write(more.toString('utf8'));
  }
}

function readFrom(file: number, at: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, Math.min(fstatSync(file).size - at, 2 * most)));
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, at));
}
