import type { Method } from '../api.ts';

/** What a role may do with a permission's operations: with any resource; with any, where a second person agrees or it is its own; with its own; with its own within a quota; with what was named for it; nothing. */
export type Grant = 'all' | 'approve' | 'own' | 'quota' | 'grant' | 'none';

/** Grants by permission; one that is absent is `none`. */
export type Grants = Readonly<Record<string, Grant>>;

/**
 * What a place in a body names: a resource of a collection (`servers`), by id or by name;
 * `selector`: servers by their labels; `account`: something that has no owner here, such as a vSwitch or an IP address
 * of the whole customer account, which only `all` reaches.
 */
export type Referred = 'selector' | 'account' | (string & {});

/** One operation of Hetzner's published API, as the gateway treats it. */
export interface Operation {
  readonly method: Method;
  /** Below `/v1/`, with `{id}` as the published API has it: `servers/{id}/actions/reboot`. */
  readonly path: string;
  /** `servers:power`. What a creating operation makes is of the collection before the colon. */
  readonly permission: string;
  /** Where its body names other resources, and of what: `apply_to[].server.id` is of `servers`. */
  readonly references?: Readonly<Record<string, Referred>>;
  /** Keys of its body that take another permission beside: what is done by them is more than the rest. */
  readonly also?: Readonly<Record<string, string>>;
  /** Where its body and its answer have secrets: `root_password`, `zones[].primary_nameservers[].tsig_key`. */
  readonly secretInput?: readonly string[];
  readonly secretOutput?: readonly string[];
  /** The permission without which the secrets of its answer are left out; whoever may ask sees them where it is absent. */
  readonly secretsNeed?: string;
  /** Counts against a quota: `one` makes one more, `more` makes what is there bigger or dearer. */
  readonly counts?: 'one' | 'more';
}

/** An operation that a request matches, with what stands in its path. */
export interface Match {
  readonly operation: Operation;
  /** Path of the collection: `servers`. */
  readonly type: string;
  /** The resource of the path: an id, or for zones a name too; undefined for lists and creates. */
  readonly id?: string;
  /** The action of the path, for the operations that read one. */
  readonly action?: string;
}
