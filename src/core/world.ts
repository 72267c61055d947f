/** Where text goes: standard output or standard error. */
export interface Screen {
  /** Writes all of it, or throws a Failure that names the cause; after the reader has gone (EPIPE) it does nothing. */
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in characters; 80 where unknown. */
  readonly columns: number;
  /** Height in lines, undefined where unknown. */
  readonly rows?: number;
  /** True when the reader has gone, so that more output is pointless. */
  readonly closed: boolean;
  /** Calls it each time that the size has changed, until the function it returns is called. */
  onResize(listener: () => void): () => void;
}

export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when that comes first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A key as it was pressed. */
export interface Key {
  /** `a`, `up`, `return`, `space`; empty where it has none. */
  readonly name: string;
  /** What it types. */
  readonly text: string;
  readonly ctrl: boolean;
}

export interface Keyboard {
  readonly isTTY: boolean;
  /** All of standard input. */
  read(): Promise<Buffer>;
  /** Tells of each key of a terminal at once, without showing it, Ctrl-C too, until the function it returns is called. */
  listen(onKey: (key: Key) => void): () => void;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there; of one that is taken piece by piece, until the next piece must. */
  readonly timeout: number;
  /** Takes the body of a good answer piece by piece, for as long as it goes on; the answer's own is empty then. What it throws ends the exchange. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Clock time in milliseconds after which it is not sent any more, for a transport that lets it wait. */
  readonly sendBy?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Sends one request and resolves with the whole answer, whatever its status; rejects with `unreachable` or `timeout`, `ambiguous` when the request may have arrived. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

/** The operating system's store of secrets: Keychain, Credential Manager, secret service. Each call settles within 3 s and rejects with `unreachable` when the store is absent, locked or hangs. */
export interface Keyring {
  get(name: string): Promise<string | undefined>;
  set(name: string, secret: string): Promise<void>;
  /** Does nothing when there is none. */
  remove(name: string): Promise<void>;
}

/** Everything outside the program. Only bin/ builds the real one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Version of Node. */
  readonly runtime: string;
  readonly clock: Clock;
  readonly stdin: Keyboard;
  readonly out: Screen;
  readonly err: Screen;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly http: Transport;
  readonly keyring: Keyring;
  /** Programs of this package that run as processes of their own: path of the file that Node runs. */
  readonly programs: Readonly<Record<'cloudctl' | 'sandbox' | 'daemon', string>>;
}
