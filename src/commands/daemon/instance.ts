import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Holder, isHeldByAnother, thisProcess } from '../../core/composite/holder.ts';
import type { DaemonStatus } from '../../core/daemon-status.ts';
import { Failure } from '../../core/failure.ts';
import { createTransport } from '../../core/transport/transport.ts';
import type { World } from '../../core/world.ts';
import { askDaemonProgram, configWords } from './program.ts';

/** Where the daemon of a configuration is. */
export interface Place {
  readonly config: string | null;
  readonly state_directory: string;
  readonly socket: string;
  readonly is_system: boolean;
  readonly version: string;
}

/** What a running daemon has written of itself into its state directory. */
export interface Instance extends Holder {
  readonly since: number;
  readonly socket: string;
  readonly version: string;
}

/** The places of the configuration, however bad the rest of it may be. */
export function findPlace(world: World, config: string | undefined): Promise<Place> {
  return askDaemonProgram<Place>(world, ['where', ...configWords(config)]);
}

/** The daemon that holds the state directory and lives, undefined where there is none. */
export async function findInstance({ state_directory }: Pick<Place, 'state_directory'>): Promise<Instance | undefined> {
  let instance: Instance;
  try {
    instance = JSON.parse(readFileSync(join(state_directory, 'cloudctld.json'), 'utf8')) as Instance;
  } catch {
    return undefined;
  }
  return isHeldByAnother(instance, await thisProcess()) ? instance : undefined;
}

/** Like `findInstance`; throws `not_found`. */
export async function requireInstance(place: Pick<Place, 'state_directory'>): Promise<Instance> {
  const instance = await findInstance(place);
  if (instance) return instance;
  throw new Failure('not_found', 'the daemon is not running', { hint: 'cloudctl daemon start' });
}

/** Asks the daemon at its socket how it is; rejects with `unreachable` or `timeout`. */
export async function askStatus({ env, signal }: World, socket: string): Promise<DaemonStatus> {
  const transport = createTransport({ env, socketPath: socket });
  try {
    const url = new URL('http://localhost/readyz');
    const answer = await transport({ method: 'GET', url, headers: {}, timeout: 5_000, signal });
    const status = JSON.parse(answer.body) as DaemonStatus;
    if (typeof status.pid === 'number') return status;
  } catch (error) {
    if (error instanceof Failure) throw error;
  } finally {
    transport.close();
  }
  throw new Failure('unreachable', `${socket} does not answer as the daemon`);
}
