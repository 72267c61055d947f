import type { Method } from '../api.ts';

/** What a role may do with a permission's operations: with any resource, with its own, with its own within a quota, after a second person has agreed, with resources that were named for it, or nothing. */
export type Grant = 'all' | 'own' | 'quota' | 'approve' | 'grant' | 'none';

/** Grants by permission; one that is absent is `none`. */
export type Grants = Readonly<Record<string, Grant>>;

/** One operation of Hetzner's published API, as the gateway treats it. */
export interface Operation {
  readonly method: Method;
  /** Below `/v1/`, with `{id}` as the published API has it: `servers/{id}/actions/reboot`. */
  readonly path: string;
  /** `servers:power`. */
  readonly permission: string;
  /** Where its body names other resources, and of which collection: `apply_to[].server.id` is of `servers`; `selector` is a label selector that reaches servers. */
  readonly references?: Readonly<Record<string, string>>;
  /** Where its body and its answer have secrets: `root_password`. */
  readonly secretInput?: readonly string[];
  readonly secretOutput?: readonly string[];
  /** It makes or enlarges something that counts against a quota. */
  readonly counts?: boolean;
}

/** An operation that a request matches, with what stands in its path. */
export interface Match {
  readonly operation: Operation;
  /** Path of the collection: `servers`. */
  readonly type: string;
  /** The resource of the path: an id, or for zones a name too; undefined for lists and creates. */
  readonly id?: string;
}
