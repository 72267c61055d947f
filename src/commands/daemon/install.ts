import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import type { World } from '../../core/world.ts';
import { command } from '../command.ts';
import { callDaemonProgram } from './program.ts';
import { isOurs, ownMark, systemctl, type Unit, unitOf } from './unit.ts';

const scopeFields = { user: field('boolean', 'The unit of this user, not of the host') };

/** `daemon install`: the unit and an example of the configuration, where they belong. */
export const install = command({
  name: 'install',
  summary: 'Install the daemon as a unit of systemd',
  description:
    'Writes the unit with the paths of this machine, a configuration file that explains every key where there is none, and makes the folder for the token. Nothing is started: the next commands are printed.',
  fields: { ...scopeFields, 'dry-run': field('boolean', 'Print the unit; write nothing') },
  examples: ['cloudctl daemon install', 'cloudctl daemon install --user', 'cloudctl daemon install --dry-run'],
  exits: ['refused', 'forbidden'],
  async run({ world, settings }, input) {
    const unit = unitOf(input.user ? 'user' : 'system', world);
    const text = unitText(world, unit);
    if (input['dry-run']) return world.out.write(text);
    if (existsSync(unit.file) && !isOurs(unit.file)) {
      throw new Failure('refused', `${unit.file} is there, and not by cloudctl daemon install`, {
        hint: 'Remove it, or use a drop-in: systemctl edit cloudctld',
      });
    }
    const folder = configFolder(world, unit);
    write(unit.file, text, 0o644);
    makeFolder(folder, unit.scope === 'system' ? 0o755 : 0o700);
    if (unit.scope === 'system') makeFolder(join(folder, 'credentials'), 0o700);
    const config = join(folder, 'cloudctld.toml');
    // Readable by the daemon's own user, which is not the owner; no secret is to stand in it.
    if (!existsSync(config)) write(config, (await callDaemonProgram(world, ['example'])).out, 0o644);
    if (existsSync('/run/systemd/system')) await systemctl(world, unit, 'daemon-reload');
    if (!settings.quiet)
      world.err.write(
        `${[`Written: ${unit.file}`, 'Next:', ...nextCommands(unit, folder).map(line => `  ${line}`)].join('\n')}\n`,
      );
  },
});

/** `daemon uninstall`: takes the unit away, nothing else. */
export const uninstall = command({
  name: 'uninstall',
  summary: 'Remove the unit that `cloudctl daemon install` has written',
  description: 'The daemon is stopped first. Configuration, token and state stay where they are, and are named.',
  fields: scopeFields,
  examples: ['cloudctl daemon uninstall', 'cloudctl daemon uninstall --user'],
  exits: ['not_found', 'refused', 'forbidden'],
  async run({ world, settings }, input) {
    const unit = unitOf(input.user ? 'user' : 'system', world);
    if (!existsSync(unit.file)) throw new Failure('not_found', `there is no unit at ${unit.file}`);
    if (!isOurs(unit.file))
      throw new Failure('refused', `${unit.file} was not written by cloudctl daemon install`, {
        hint: 'Remove it the way it came',
      });
    const isBooted = existsSync('/run/systemd/system');
    if (isBooted) await systemctl(world, unit, 'disable', '--now', 'cloudctld');
    guard(unit.file, () => rmSync(unit.file));
    if (isBooted) await systemctl(world, unit, 'daemon-reload');
    const state = unit.scope === 'system' ? ' and /var/lib/cloudctl' : '';
    if (!settings.quiet) world.err.write(`Removed: ${unit.file}\nKept: ${configFolder(world, unit)}${state}\n`);
  },
});

/** The unit as it is written: that of the package, with the paths of this machine. */
export function unitText(world: Pick<World, 'programs'>, { scope }: Unit): string {
  const name = scope === 'system' ? 'cloudctld.service' : 'cloudctld.user.service';
  const text = readFileSync(join(dirname(world.programs.daemon), '../packaging', name), 'utf8');
  // A path with blanks has to be quoted, and a percent sign is a specifier.
  const words = [process.execPath, world.programs.daemon].map(word => `"${word.replaceAll('%', '%%')}"`);
  return `${ownMark}\n${text.replace(/^ExecStart=.*$/m, () => `ExecStart=${words.join(' ')}`)}`;
}

function configFolder({ env }: Pick<World, 'env'>, { scope }: Unit): string {
  if (scope === 'system') return '/etc/cloudctl';
  return join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), 'cloudctl');
}

function nextCommands({ scope }: Unit, folder: string): string[] {
  if (scope === 'user') {
    return [
      `(umask 077; cat > ${folder}/cloudctld.env)   # HCLOUD_TOKEN=<token>, then Ctrl-D`,
      'cloudctl daemon check --online',
      'systemctl --user enable --now cloudctld',
      'loginctl enable-linger   # to run without you being logged in',
    ];
  }
  return [
    'useradd --system --user-group --shell /usr/sbin/nologin cloudctl',
    'usermod -aG cloudctl <you>   # who may use its socket',
    `(umask 077; cat > ${folder}/credentials/hcloud-token)   # the token, then Ctrl-D`,
    'cloudctl daemon check',
    'systemctl enable --now cloudctld',
  ];
}

function write(file: string, text: string, mode: number): void {
  makeFolder(dirname(file), 0o755);
  guard(file, () => writeFileSync(file, text, { mode }));
}

function makeFolder(folder: string, mode: number): void {
  guard(folder, () => mkdirSync(folder, { recursive: true, mode }));
}

function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = code === 'EACCES' || code === 'EPERM' ? 'Run it as root, or give --user' : undefined;
    throw new Failure('forbidden', `${file} cannot be written: ${code}`, { hint, cause: error });
  }
}
