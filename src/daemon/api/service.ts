import type { Principal } from '../../core/access/principal.ts';

/** Who makes a request, and what it may. */
export interface Caller extends Principal {
  readonly requestId: string;
  /** Where it came from: an address, or `socket`. */
  readonly address: string;
}

/** One request of the daemon's own resources, read and checked. */
export interface Request {
  readonly caller: Caller;
  /** The item of the path; undefined for list and create. */
  readonly id?: number;
  /** The values of the verb's fields, by the fields' names. */
  readonly input: Readonly<Record<string, unknown>>;
  /** For lists: `name`, `page`, `per_page`, `sort`, `label_selector` and what the verb's fields add. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly signal: AbortSignal;
}

/** One page of a list, where the service reads no more than that: what `page`, `per_page`, `sort` and `name` of the query ask for. */
export interface Paged {
  readonly rows: readonly unknown[];
  /** How many rows all pages have. */
  readonly total: number;
}

/** What a resource's verbs do in the daemon, by the verbs' names. A list answers with all rows, which are sorted and paged where it is served, or with `Paged`; a verb on one item with `{ [key]: item }`. Throws a Failure. Requests are entered in the audit log where they are served. */
export type Service = Readonly<Record<string, (request: Request) => Promise<unknown>>>;
