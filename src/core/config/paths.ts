import path from 'node:path';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';

type Surroundings = Pick<World, 'env' | 'platform'>;

/** Where the configuration is when nothing names another file; undefined when there is no home. */
export function defaultConfigPath(world: Surroundings): string | undefined {
  const { env, platform } = world;
  if (platform === 'win32') return under(windowsFolder(env), 'win32', 'cloudctl', 'config.toml');
  const xdg = env.XDG_CONFIG_HOME;
  // The XDG specification has relative paths ignored.
  if (xdg && path.posix.isAbsolute(xdg)) return path.posix.join(xdg, 'cloudctl', 'config.toml');
  return under(env.HOME, 'posix', '.config', 'cloudctl', 'config.toml');
}

/** Where what outlives a run is kept, such as journals and host keys; undefined when there is no home. */
export function stateFolder({ env, platform }: Surroundings): string | undefined {
  const xdg = env.XDG_STATE_HOME;
  // The XDG specification has relative paths ignored.
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'cloudctl');
  if (platform === 'win32') return env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, 'cloudctl');
  return env.HOME && path.join(env.HOME, '.local', 'state', 'cloudctl');
}

/** Where hcloud keeps its file: `HCLOUD_CONFIG`, or hcloud's default; undefined when there is no home. */
export function hcloudConfigPath(world: Surroundings): string | undefined {
  const { env, platform } = world;
  if (env.HCLOUD_CONFIG) return env.HCLOUD_CONFIG;
  if (platform === 'win32') return under(windowsFolder(env), 'win32', 'hcloud', 'cli.toml');
  return under(env.HOME, 'posix', '.config', 'hcloud', 'cli.toml');
}

/** The path itself; throws `usage` when there is no place for a configuration. */
export function requireConfigPath(configPath: string | undefined): string {
  if (configPath) return configPath;
  throw new Failure('usage', 'no place for the configuration: HOME is not set', {
    hint: 'Set HOME, XDG_CONFIG_HOME or CLOUDCTL_CONFIG',
  });
}

function windowsFolder(env: Surroundings['env']): string | undefined {
  return env.APPDATA || under(env.USERPROFILE, 'win32', 'AppData', 'Roaming');
}

function under(folder: string | undefined, platform: 'posix' | 'win32', ...parts: string[]): string | undefined {
  return folder ? path[platform].join(folder, ...parts) : undefined;
}
