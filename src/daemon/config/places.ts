import { join } from 'node:path';
import { stateFolder } from '../../core/config/paths.ts';
import type { World } from '../../core/world.ts';

/** What the daemon has to know of its process. */
export type Surroundings = Pick<World, 'env' | 'platform'> & {
  /** Of the user; undefined where there is no such thing. */ readonly uid?: number;
};

/** Where things are when the configuration does not say. */
export interface Places {
  readonly config: string | undefined;
  readonly stateDirectory: string | undefined;
  readonly socket: string | undefined;
  /** Run for the whole host, by root or as a unit of the system; else for one user. */
  readonly isSystem: boolean;
}

/** The usual places of this process: those that systemd has made for the unit, those of the system for root, those of the XDG specification for a user. */
export function placesOf(world: Surroundings): Places {
  const { env, uid } = world;
  const runtime = first(env.RUNTIME_DIRECTORY);
  const isUnit = runtime !== undefined && !(env.XDG_RUNTIME_DIR && runtime.startsWith(`${env.XDG_RUNTIME_DIR}/`));
  const isSystem = isUnit || uid === 0;
  const own = isSystem ? systemPlaces : userPlaces(world);
  return {
    config: env.CLOUDCTLD_CONFIG || under(first(env.CONFIGURATION_DIRECTORY), 'cloudctld.toml') || own.config,
    stateDirectory: first(env.STATE_DIRECTORY) ?? own.stateDirectory,
    socket: under(runtime, 'cloudctl.sock') ?? own.socket,
    isSystem,
  };
}

const systemPlaces = {
  config: '/etc/cloudctl/cloudctld.toml',
  stateDirectory: '/var/lib/cloudctl',
  socket: '/run/cloudctl/cloudctl.sock',
};

function userPlaces(world: Surroundings) {
  const { XDG_CONFIG_HOME: config, XDG_RUNTIME_DIR: runtime, HOME: home } = world.env;
  const stateDirectory = under(stateFolder(world), 'daemon');
  return {
    config: under(config || under(home, '.config'), 'cloudctl', 'cloudctld.toml'),
    stateDirectory,
    socket: under(runtime, 'cloudctl', 'cloudctl.sock') ?? under(stateDirectory, 'cloudctl.sock'),
  };
}

// systemd parts several directories by colons.
function first(list: string | undefined): string | undefined {
  return list?.split(':')[0] || undefined;
}

function under(folder: string | undefined, ...parts: string[]): string | undefined {
  return folder ? join(folder, ...parts) : undefined;
}
