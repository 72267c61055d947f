import type { Action, Method } from '../../../core/api.ts';
import type { Budget } from '../../../core/hetzner/pace.ts';
import type { Item } from '../../../core/resource.ts';
import type { HttpResponse, Transport } from '../../../core/world.ts';

/** A project of Hetzner, as the gateway knows it. */
export interface Project {
  readonly id: number;
  readonly name: string;
  /** Such as `https://api.hetzner.cloud/v1`. */
  readonly endpoint: string;
}

/** `write` goes before `read` goes before `background`. */
export type Urgency = 'write' | 'read' | 'background';

/** For whom a request is made. */
export interface Asker {
  /** The owner that it counts for, or `daemon`. */
  readonly tenant: string;
  readonly urgency: Urgency;
  /** Takes the request out of the queue, and ends a reading one that is under way; a change that was sent is never cut off. */
  readonly signal?: AbortSignal;
}

/** One request of a project; `path` is below `/v1/`, with its query. */
export interface UpstreamRequest {
  readonly method: Method;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What of the project's requests is a tenant's. */
export interface Share {
  /** Requests an hour. */
  readonly limit: number;
  readonly remaining: number;
  /** When the bucket is full again, UNIX seconds. */
  readonly reset: number;
}

/** One project and everything that is asked of it. */
export interface Upstream {
  readonly project: Project;
  /** Sends one request when its turn has come and resolves with the whole answer, whatever its status; a 429 only makes it wait longer. Rejects with a Failure: `limited` when its turn cannot come in time, which was not sent (`details.retry_after` in seconds); `unauthorized` without a token; `unreachable` or `timeout`, `ambiguous` when it may have arrived. */
  send(request: UpstreamRequest, asker: Asker): Promise<HttpResponse>;
  share(tenant: string): Share;
  readonly reader: Reader;
  readonly actions: ActionWatch;
  /** A transport for a client of Hetzner's API, which takes its turns like everybody; the token is added here. What it changes is touched, and the actions that it begins are followed. */
  through(asker: Asker): Transport;
  /** The bucket of requests, as the last answer told; undefined before the first one. */
  budget(): Budget | undefined;
  /** How the project's requests stand. */
  report(): UpstreamFigures;
}

/** What the status and the metrics tell of a project. */
export interface UpstreamFigures {
  /** Requests sent since the start, by urgency. */
  readonly sent: Readonly<Record<Urgency, number>>;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  readonly underWay: number;
  /** Requests that are left now and those of an hour; null before the first answer. */
  readonly left: number | null;
  readonly limit: number | null;
  /** How often Hetzner has said that there were too many. */
  readonly refused: number;
  /** Readings answered from memory, by what another daemon has read, and by Hetzner. */
  readonly hits: number;
  readonly borrowed: number;
  readonly misses: number;
}

/** What one GET gave; `body` is undefined when there was none. */
export interface Got {
  readonly status: number;
  readonly body: unknown;
  readonly headers: HttpResponse['headers'];
}

/** What reading may do. */
export interface ReadOptions {
  /** Reads anew, whatever is kept: `Cache-Control: no-cache`. */
  readonly fresh?: boolean;
}

/** Readings of a project, kept for a moment and shared by all who ask. */
export interface Reader {
  /** Every item of a collection (`servers`, `images`), no older than its kind allows. One read serves all who ask at the same time, but none begun before a `touch`, of whichever daemon, answers one that came after it. Pictures of the catalogue are given while they are read anew. */
  all(collection: string, asker: Asker, options?: ReadOptions): Promise<Picture>;
  /** One GET, kept by its path and query for a moment, shared the same way; every status resolves. */
  get(path: string, asker: Asker, options?: ReadOptions): Promise<Got>;
  /** Something of these collections was changed, or may have been: what was read before is not given any more, here at once, and by other daemons once it resolves. */
  touch(collections: readonly string[]): Promise<void>;
}

/** A collection as it was read, and what reading it took. */
export interface Reading {
  readonly items: readonly Item[];
  readonly version: string;
  readonly pages: number;
}

/** One that other daemons may have read. */
export interface SharedReading extends Reading {
  /** When it was read. */
  readonly at: number;
}

/** A whole collection as it was at one time. */
export interface Picture {
  /** Changes with the content. */
  readonly version: string;
  /** When it was read. */
  readonly at: number;
  readonly items: readonly Item[];
  readonly byId: ReadonlyMap<number, Item>;
}

/** The actions of a project. */
export interface ActionWatch {
  /** The actions of these ids as they are now, in their order; one shared poller asks Hetzner, however many wait; while it cannot be asked, for half a minute as they were last. Unknown ids are left out. */
  get(ids: readonly number[], asker: Asker): Promise<readonly Action[]>;
  /** They have just begun: polled until they end, when what they changed is touched. */
  follow(actions: readonly Action[]): void;
}

/** All projects. */
export interface Upstreams {
  find(id: number): Upstream | undefined;
  byName(name: string): Upstream | undefined;
  list(): readonly Upstream[];
  /** Looks into the store for projects that others have added, changed or removed; for who finds none, and done every few seconds. */
  refresh(): Promise<void>;
}
