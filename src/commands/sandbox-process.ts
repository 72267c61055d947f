import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive } from '../core/alive.ts';
import { stateFolder } from '../core/config/paths.ts';
import { Failure } from '../core/failure.ts';
import type { World } from '../core/world.ts';

/** Where a sandbox answers, with what token, and as which process. */
export interface SandboxState {
  readonly url: string;
  readonly token: string;
  readonly read_only_token: string;
  readonly pid: number;
  /** Where people sign in, and as what client. */
  readonly workos: { readonly url: string; readonly client_id: string };
}

/** The file that names the running sandbox of this user; throws `usage` without a home. */
export function stateFile(world: Pick<World, 'env' | 'platform'>): string {
  const folder = stateFolder(world);
  if (folder) return join(folder, 'sandbox.json');
  throw new Failure('usage', 'neither XDG_STATE_HOME nor HOME is set', { hint: 'Set one of them' });
}

/** What the file says, or undefined where there is none; throws `usage` when it holds something else. */
export function readState(file: string): SandboxState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure('usage', `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    const state = JSON.parse(text) as SandboxState;
    const isWhole = typeof state.url === 'string' && typeof state.pid === 'number';
    if (isWhole && typeof state.workos?.url === 'string') return state;
  } catch {
    // Reported below, like JSON of another shape.
  }
  throw new Failure('usage', `${file} does not describe a sandbox`, { hint: 'Remove the file' });
}

export function removeState(file: string): void {
  rmSync(file, { force: true });
}

/** Starts the sandbox as a process of its own, which stays when this one ends; resolves when it answers. */
export async function launch(world: World, flags: readonly string[]): Promise<SandboxState> {
  const { spawn } = await import('node:child_process');
  const file = flags[flags.indexOf('--state-file') + 1]!;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Failure('usage', `cannot make ${dirname(file)}: ${(cause as Error).message}`, { cause });
  }
  const child = spawn(process.execPath, [world.programs.sandbox, ...flags], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.stdout.setEncoding('utf8').once('data', resolve);
    child.once('error', reject);
    child.once('exit', () =>
      reject(new Failure('usage', complaint.trim().replace(/^cloudctl-sandbox: /, '') || 'the sandbox did not start')),
    );
  });
  child.removeAllListeners();
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  return JSON.parse(line) as SandboxState;
}

/** Ends the process and waits until it is gone, 5 s at most. */
export async function stopProcess(world: World, { pid }: SandboxState): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 100; tries += 1) {
    if (!isAlive(pid)) return;
    await world.clock.sleep(50, world.signal);
  }
  throw new Failure('timeout', `the sandbox (process ${pid}) does not end`);
}

/** A call of the sandbox's own controls, below `/_sandbox`. */
export async function control<T>(
  world: World,
  { url }: Pick<SandboxState, 'url'>,
  method: string,
  path: string,
): Promise<T> {
  const address = new URL(`/_sandbox${path}`, url);
  const answer = await world.http({ method, url: address, headers: {}, timeout: 5000, signal: world.signal });
  if (answer.headers['x-sandbox'] !== 'cloudctl') throw new Failure('unreachable', `${address.host} is not a sandbox`);
  return (answer.body ? JSON.parse(answer.body) : undefined) as T;
}
