import type { Clock, Transport } from '../core/world.ts';
import type { Surroundings } from './config/places.ts';
import type { LogOutput } from './log.ts';

/** Everything outside the daemon. Only its entry builds the real one. */
export interface DaemonWorld extends Surroundings {
  readonly clock: Clock;
  readonly http: Transport;
  readonly pid: number;
  /** Name of the machine. */
  readonly host: string;
  /** Name of the user that runs it. */
  readonly user: string;
  readonly random: () => number;
  /** Where the log goes, and whether a person sees it there. */
  readonly output: LogOutput & { readonly isTTY: boolean };
}
