import type { Grants } from './operation.ts';

/** Who makes a request, and what it may reach. */
export interface Principal {
  /** As the audit log has it: `root@socket`, `ada@example.com`, `token ci (ada@example.com)`. */
  readonly name: string;
  /** Undefined for an administrator of the host. */
  readonly user?: number;
  /** The token or session that it came with, where it is one of the store. */
  readonly token?: number;
  readonly role: string;
  /** What the role grants, narrowed to what the token may. */
  readonly grants: Grants;
  /** Whose what it makes will be: `user-12`, `team-web`, `admin`; a valid label value. */
  readonly owner: string;
  /** Whose things count as its own: itself and its team. */
  readonly owners: readonly string[];
  /** A label selector, of which what it reaches must be. */
  readonly selector?: string;
  /** The one project that it is bound to, by id. */
  readonly project?: number;
  /** The project that is meant where a request names none, by id; the configured one where absent. */
  readonly home?: number;
  /** How many permits it has, where that is known. */
  readonly permits?: number;
  /** The projects that it may use, by id; every one where absent. Beside them those in which something was named for it by a permit. */
  readonly projects?: readonly number[];
}
