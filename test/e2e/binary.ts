import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { temporaryHome } from '../helpers/run.ts';

export const program = join(process.cwd(), 'bin/cloudctl.js');

/** Whether a suite that needs the program may be skipped where it is missing. */
export const required = Boolean(process.env.CI || process.env.CLOUDCTL_REQUIRE_SERVICES);

/** The path of a program, or undefined where it is not installed; throws where it is required. */
export function which(name: string): string | undefined {
  const found = (process.env.PATH ?? '')
    .split(':')
    .map(folder => join(folder, name))
    .find(existsSync);
  if (!found && required) throw new Error(`${name} is not installed, and this machine must have it`);
  return found;
}

/** Node 24 from the package registry, or undefined where it cannot be had; throws where it is required. */
export function node24(): string | undefined {
  try {
    const script = 'process.stdout.write(process.execPath)';
    return execFileSync('npx', ['-y', 'node@24', '-e', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    if (required) throw error;
    return undefined;
  }
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface BinaryOptions {
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Id of the user and group to run as; only root may give one. */
  readonly uid?: number;
}

/** The environment of a user who has nothing but the target. */
export function plainEnvironment(
  target: { url: string; token: string } | undefined,
  more: Readonly<Record<string, string>> = {},
) {
  const access = target && { CLOUDCTL_ENDPOINT: target.url, CLOUDCTL_TOKEN: target.token };
  return { PATH: process.env.PATH ?? '', HOME: temporaryHome(), ...access, ...more };
}

/** Starts the built program. */
export function startBinary(
  target: { url: string; token: string } | undefined,
  argv: readonly string[],
  options: BinaryOptions & Pick<SpawnOptions, 'stdio'> = {},
): ChildProcess {
  const { node = process.execPath, env, stdio = 'pipe', uid } = options;
  return spawn(node, [program, ...argv], { env: plainEnvironment(target, env), stdio, uid, gid: uid });
}

/** Runs the built program to its end. */
export async function runBinary(
  target: { url: string; token: string } | undefined,
  argv: readonly string[],
  options: BinaryOptions = {},
): Promise<Ended> {
  const child = startBinary(target, argv, options);
  child.stdin?.end(options.stdin ?? '');
  return untilEnd(child);
}

/** What a process wrote, and how it ended. */
export async function untilEnd(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', text => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', text => {
    err += text;
  });
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => resolve([code, by]));
  });
  return { status, signal, out, err };
}

/** Runs the built program on a terminal of its own; each question that is seen there is answered with those keys, once. */
export async function runAtTerminal(
  target: { url: string; token: string },
  argv: readonly string[],
  answers: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const line = [process.execPath, program, ...argv].map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: plainEnvironment(target, env), stdio: 'pipe' });
  const open = new Map(Object.entries(answers));
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    seen += text;
    // The terminal breaks lines where it likes.
    const plain = stripVTControlCharacters(seen).replace(/\s/g, '');
    for (const [question, keys] of open) {
      if (!plain.includes(question.replace(/\s/g, ''))) continue;
      open.delete(question);
      child.stdin.write(keys);
    }
  });
  return untilEnd(child);
}
