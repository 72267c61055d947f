import { Failure } from '../../core/failure.ts';
import { command } from '../command.ts';
import { askStatus, findPlace, requireInstance } from './instance.ts';
import { daemonFields } from './program.ts';
import { signalDaemon } from './stop.ts';
import { findUnit, systemctl } from './unit.ts';

const patience = 10_000;

/** `daemon reload`: asks for it and tells what came of it. */
export const reload = command({
  name: 'reload',
  summary: 'Have the daemon read its configuration again',
  description:
    'A configuration that is bad changes nothing: the one before stays in use, and that is told here. Log level, limits, hooks and tokens are taken over; what else has changed takes a restart, and is named.',
  fields: daemonFields,
  examples: ['cloudctl daemon reload'],
  exits: ['not_found', 'refused', 'unreachable', 'timeout'],
  async run({ world, settings }, input) {
    const place = await findPlace(world, input.config);
    const { pid, socket } = await requireInstance(place);
    const before = await askStatus(world, socket);
    const unit = findUnit(world, input.config, { isSystem: place.is_system });
    if (unit) await systemctl(world, unit, 'reload', 'cloudctld');
    else signalDaemon(pid, 'SIGHUP');
    const deadline = world.clock.now() + patience;
    let after = before;
    while (after.configuration.read === before.configuration.read) {
      if (world.clock.now() > deadline) throw new Failure('timeout', 'the daemon has not read its configuration');
      await world.clock.sleep(25, world.signal);
      after = await askStatus(world, socket);
    }
    const { error, restart_needed_for: waiting } = after.configuration;
    if (error !== null) throw new Failure('usage', `the new configuration is bad, the old one stays in use\n${error}`);
    if (settings.quiet) return;
    world.err.write('The daemon has read its configuration.\n');
    if (waiting.length > 0) world.err.write(`Note: these take a restart: ${waiting.join(', ')}\n`);
  },
});
