import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import type { World } from '../../core/world.ts';

/** A unit of systemd: of the host, or of one user. */
export interface Unit {
  readonly scope: 'system' | 'user';
  readonly file: string;
}

/** The first line of a unit that `cloudctl daemon install` has written. */
export const ownMark = '# Written by cloudctl daemon install.';

/** The units that can be installed; a user's needs a home. Throws `usage` without one. */
export function unitOf(scope: Unit['scope'], { env }: Pick<World, 'env'>): Unit {
  if (scope === 'system') return { scope, file: '/etc/systemd/system/cloudctld.service' };
  const folder = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  if (!folder) throw new Failure('usage', 'neither XDG_CONFIG_HOME nor HOME is set', { hint: 'Set one of them' });
  return { scope, file: join(folder, 'systemd/user/cloudctld.service') };
}

/** The unit that runs the daemon here: installed, with a systemd at work, and no other configuration asked for, by a file or by variables, which the unit would not see. */
export function findUnit(
  world: Pick<World, 'env'>,
  config: string | undefined,
  { isSystem, isBooted = existsSync('/run/systemd/system') }: { isSystem: boolean; isBooted?: boolean },
): Unit | undefined {
  const isOther = Object.entries(world.env).some(([name, value]) => name.startsWith('CLOUDCTLD_') && value);
  if (config !== undefined || isOther || !isBooted) return undefined;
  const unit = unitOf(isSystem ? 'system' : 'user', world);
  const packaged = isSystem
    ? ['/usr/lib/systemd/system/cloudctld.service', '/lib/systemd/system/cloudctld.service']
    : [];
  return [unit.file, ...packaged].some(file => existsSync(file)) ? unit : undefined;
}

/** Runs systemctl on the unit; throws `refused` with what it said. */
export async function systemctl(
  world: Pick<World, 'env' | 'signal'>,
  { scope }: Unit,
  ...words: string[]
): Promise<void> {
  const { execFile } = await import('node:child_process');
  const all = [...(scope === 'user' ? ['--user'] : []), ...words];
  await new Promise<void>((resolve, reject) => {
    execFile('systemctl', all, { env: { ...world.env }, signal: world.signal }, (error, _out, err) => {
      if (!error) return resolve();
      const hint = `journalctl ${scope === 'user' ? '--user ' : ''}-u cloudctld -n 20`;
      reject(
        new Failure('refused', `systemctl ${all.join(' ')}: ${err.trim() || error.message}`, { hint, cause: error }),
      );
    });
  });
}

/** True when the file is there and was written by `cloudctl daemon install`. */
export function isOurs(file: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').startsWith(ownMark);
}
