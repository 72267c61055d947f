import type { Input } from '../../core/field.ts';
import type { Hook } from './hooks.ts';
import type { keys } from './keys.ts';

export type Values = Input<typeof keys>;

/** What the daemon runs by: read, checked, and every place known. */
export interface Configuration {
  /** The file that it was read from; undefined when there is none. */
  readonly file: string | undefined;
  readonly values: Values & { readonly 'state-directory': string; readonly socket: string };
  readonly hooks: Readonly<Record<string, Hook>>;
  /** Run for the whole host, not for one user. */
  readonly isSystem: boolean;
  /** What is allowed and probably not meant, a sentence each. */
  readonly warnings: readonly string[];
}

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** `/etc/cloudctl/cloudctld.toml:3`, `CLOUDCTLD_STORE`. */
  readonly where: string;
  readonly message: string;
  readonly hint?: string;
}
