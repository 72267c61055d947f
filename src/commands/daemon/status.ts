import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import type { Session } from '../session.ts';
import { askStatus, findPlace, requireInstance } from './instance.ts';
import { daemonFields } from './program.ts';
import { findUnit } from './unit.ts';

/** `daemon status`: the process, what it can do and what its parts tell. */
export const status = command({
  name: 'status',
  summary: 'Show whether the daemon runs, and what it can do',
  fields: { ...daemonFields, ...outputFields },
  examples: ['cloudctl daemon status', 'cloudctl daemon status -o json'],
  exits: ['not_found', 'unreachable', 'timeout'],
  async run(session, input) {
    const format = parseFormat(input);
    await writeStatus(session, format, input.config);
  },
});

/** Writes the status of the running daemon; throws `not_found` when none runs. */
export async function writeStatus(
  session: Session,
  format: ReturnType<typeof parseFormat>,
  config: string | undefined,
): Promise<void> {
  const { world } = session;
  const place = await findPlace(world, config);
  const instance = await requireInstance(place);
  const report = await askStatus(world, instance.socket);
  const unit = findUnit(world, config, { isSystem: place.is_system });
  const item = {
    ...report,
    state_directory: place.state_directory,
    run_by: unit ? `systemd (${unit.scope})` : 'itself',
  };
  await writeItem(world.out, format, item, { nameOf: () => 'cloudctld', idOf: one => one.pid, now: world.clock.now() });
  if (format.machine || session.settings.quiet) return;
  if (report.frozen) world.err.write('Note: automated deletions are stopped: cloudctl daemon unfreeze\n');
  const { dead = 0 } = (report.parts.alerts ?? {}) as { readonly dead?: number };
  if (dead > 0) world.err.write(`Note: ${dead} messages were given up: cloudctl delivery list --state dead\n`);
  const { state, reason } = (report.parts.workos ?? {}) as { readonly state?: string; readonly reason?: string };
  if (reason) world.err.write(`Note: WorkOS is not followed (${state}): ${reason}\n`);
  if (report.configuration.error)
    world.err.write('Note: the configuration file is bad, and the one before is in use\n');
}
