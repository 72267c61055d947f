import { isAlive } from '../../core/alive.ts';
import { Failure } from '../../core/failure.ts';
import { command } from '../command.ts';
import { findPlace, requireInstance } from './instance.ts';
import { daemonFields } from './program.ts';
import { findUnit, systemctl } from './unit.ts';

// The daemon itself takes 10 s at most.
const patience = 15_000;

/** `daemon stop`: lets what is under way end, and waits for the process to be gone. */
export const stop = command({
  name: 'stop',
  summary: 'Stop the daemon; what it is doing ends first, within 10 seconds',
  description: 'Jobs that do not end in that time are taken up again at the next start. State and schedules stay.',
  fields: daemonFields,
  examples: ['cloudctl daemon stop'],
  exits: ['not_found', 'refused', 'timeout'],
  async run({ world, settings }, input) {
    const place = await findPlace(world, input.config);
    const { pid } = await requireInstance(place);
    const unit = findUnit(world, input.config, { isSystem: place.is_system });
    if (unit) await systemctl(world, unit, 'stop', 'cloudctld');
    else signalDaemon(pid, 'SIGTERM');
    for (const deadline = world.clock.now() + patience; isAlive(pid); await world.clock.sleep(25, world.signal)) {
      if (world.clock.now() > deadline) throw new Failure('timeout', `the daemon (process ${pid}) does not end`);
    }
    if (!settings.quiet) world.err.write('The daemon has stopped.\n');
  },
});

/** Sends the signal; throws `forbidden` for another user's daemon. */
export function signalDaemon(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return;
    throw new Failure('forbidden', `the daemon (process ${pid}) belongs to another user`, { cause: error });
  }
}
