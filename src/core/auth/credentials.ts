import { requireConfigPath } from '../config/paths.ts';
import type { World } from '../world.ts';
import { readStore, storePath, writeStore } from './file-store.ts';

/** A secret with what it is for. */
export interface Credential {
  readonly token: string;
  /** Scheme, host and port it was stored for; it is sent nowhere else. */
  readonly origin: string;
}

/** Secrets at rest, one a context. */
export interface Credentials {
  get(name: string): Promise<Credential | undefined>;
  /** Replaces what was stored under the name. */
  set(name: string, credential: Credential): Promise<void>;
  /** Does nothing when there is none. */
  remove(name: string): Promise<void>;
  /** Where they are, for people. */
  readonly where: string;
}

/** The credentials beside a configuration file; nothing is read before it is asked for; every call throws `usage` when there is no place for them. */
export function openCredentials(
  world: Pick<World, 'clock' | 'signal' | 'platform'>,
  configPath: string | undefined,
): Credentials {
  return {
    where: configPath ? storePath(configPath) : 'nowhere',
    async get(name) {
      return configPath ? readStore(configPath, world.platform).get(name) : undefined;
    },
    async set(name, credential) {
      await writeStore(requireConfigPath(configPath), world, store => store.set(name, credential));
    },
    async remove(name) {
      await writeStore(requireConfigPath(configPath), world, store => store.delete(name));
    },
  };
}
