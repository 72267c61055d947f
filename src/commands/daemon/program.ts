import { resolve } from 'node:path';
import { Failure, type FailureCode, failures } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import type { World } from '../../core/world.ts';

/** The flag of every command here: the daemon's file, in place of the command line's own. */
export const daemonFields = {
  config: field('text', "The daemon's configuration file; else CLOUDCTLD_CONFIG or the usual one", {
    placeholder: 'file',
  }),
};

/** The words that name the daemon's file to cloudctld, which may run in another folder. */
export function configWords(config: string | undefined): string[] {
  return config === undefined ? [] : ['--config', resolve(config)];
}

/** The environment of a daemon that stays: memory that it has freed goes back to the system, of which glibc would keep some megabytes. The units have the same. */
export function daemonEnvironment({ env }: Pick<World, 'env'>): NodeJS.ProcessEnv {
  return { MALLOC_TRIM_THRESHOLD_: '131072', ...env };
}

/** What one run of cloudctld printed; `failure` is why it failed, where it did. */
export interface Answer {
  readonly out: string;
  readonly failure?: Failure;
}

/** Runs cloudctld to its end: whatever needs the store is done there, so that no command loads it. */
export async function callDaemonProgram(world: World, words: readonly string[]): Promise<Answer> {
  const { execFile } = await import('node:child_process');
  const { programs, env, signal } = world;
  const options = { env: { ...env }, signal, maxBuffer: 2 ** 24 };
  return new Promise((done, reject) => {
    execFile(process.execPath, [programs.daemon, ...words, '--json'], options, (error, out, err) => {
      if (signal.aborted) reject(signal.reason);
      else done(error ? { out, failure: readFailure(err) } : { out });
    });
  });
}

/** Like `callDaemonProgram`: what it printed as JSON; throws why it failed. */
export async function askDaemonProgram<T>(world: World, words: readonly string[]): Promise<T> {
  const { out, failure } = await callDaemonProgram(world, words);
  if (failure) throw failure;
  return JSON.parse(out) as T;
}

function readFailure(text: string): Failure {
  const line = text.trim().split('\n').at(-1) ?? '';
  try {
    const { error } = JSON.parse(line) as { error: { code: string; message: string; hint?: string } };
    if (error.code in failures) return new Failure(error.code as FailureCode, error.message, { hint: error.hint });
  } catch {
    // Told below, as it came.
  }
  return new Failure('unexpected', `cloudctld failed: ${line.slice(0, 500) || 'it said nothing'}`);
}
