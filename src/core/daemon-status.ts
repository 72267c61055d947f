/** What the daemon can do at Hetzner. */
export type UpstreamState = 'unknown' | 'missing' | 'invalid' | 'read-only' | 'unreachable' | 'ok';

/** The state with its reason, where it is not `ok`. */
export interface UpstreamReport {
  readonly state: UpstreamState;
  readonly reason?: string;
}

/** Who stopped every automated deletion, when and why. */
export interface Frozen {
  /** RFC 3339. */
  readonly since: string;
  readonly by: string;
  readonly reason: string | null;
}

/** What `/readyz` and `cloudctl daemon status` tell of the daemon. */
export interface DaemonStatus {
  readonly ready: boolean;
  readonly version: string;
  readonly pid: number;
  /** RFC 3339. */
  readonly started: string;
  readonly uptime_seconds: number;
  readonly socket: string;
  readonly listen: string | null;
  readonly store: {
    readonly kind: string;
    readonly writable: boolean;
    readonly migration: number;
    readonly error: string | null;
  };
  readonly hetzner: UpstreamReport & { readonly endpoint: string };
  readonly configuration: {
    readonly file: string | null;
    /** RFC 3339: when it was read last, well or badly. */
    readonly read: string;
    readonly error: string | null;
    readonly restart_needed_for: readonly string[];
  };
  /** Who stopped every automated deletion, null where nobody did. */
  readonly frozen: Frozen | null;
  /** What each part adds, by its name: counts of schedules, of jobs. */
  readonly parts: Readonly<Record<string, unknown>>;
}
