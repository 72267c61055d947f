/** What goes wrong on request. */
export interface FaultRule {
  method?: string;
  /** A path (below /v1 on Hetzner's side) and all paths below it; with `*` for any characters the whole path. Absent is any. */
  path?: string;
  /** Only requests of this grant, such as `refresh_token`; the part after the last colon of a long one will do. */
  grant?: string;
  /** How many requests it hits; default 1. */
  times?: number;
  /** How many matching requests pass before the first hit; default 0. */
  skip?: number;
  /**
   * `status`: answer an error without doing the deed. `reset`: drop the connection before the deed.
   * `hang`: never answer, nothing is done. `garbage`: 200 with an HTML body, nothing is done.
   * `cutoff`: do the deed, send half of the body, drop the connection. `lost`: do the deed, drop the connection.
   * `late`: drop the connection now, do the deed `delay` ms later. `delay`: only slow.
   * `fail`: accept the request; the action that it starts ends in an error.
   */
  kind: (typeof faultKinds)[number];
  /** HTTP status of `status`; default 500. */
  status?: number;
  /** Error code of `status` (default: what belongs to the HTTP status) and `fail` (default `action_failed`). */
  code?: string;
  message?: string;
  /** Headers to add to the reply, or to put in place of its own. */
  headers?: Record<string, string>;
  /** Milliseconds before the reply, or before the connection is dropped. */
  delay?: number;
}

/** The kinds of fault. */
export const faultKinds = ['status', 'reset', 'hang', 'garbage', 'cutoff', 'lost', 'late', 'delay', 'fail'] as const;

/** The rules in force, in the order in which they were added. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The rule that hits this request, if any; counts it. */
  next(method: string, path: string, grant?: string): FaultRule | undefined;
}

/** No rules to begin with. */
export function createFaults(): Faults {
  let rules: { rule: FaultRule; skip: number; times: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
    },
    clear() {
      rules = [];
    },
    next(method, path, grant) {
      for (const entry of rules) {
        if (!hits(entry.rule, method, path) || !isGrant(entry.rule.grant, grant)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.times -= 1;
        rules = rules.filter(({ times }) => times > 0);
        return entry.rule;
      }
      return undefined;
    },
  };
}

/** Reads a rule that came as JSON; a string says what is wrong with it. */
export function parseFault(input: unknown, kinds: readonly FaultRule['kind'][] = faultKinds): FaultRule | string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'a fault rule is a JSON object';
  const rule = input as Record<string, unknown>;
  if (!kinds.includes(rule.kind as FaultRule['kind'])) return `kind must be one of ${kinds.join(', ')}`;
  for (const name of ['times', 'skip', 'status', 'delay']) {
    const value = rule[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) return `${name} must be a number`;
  }
  for (const name of ['method', 'path', 'grant', 'code', 'message']) {
    if (rule[name] !== undefined && typeof rule[name] !== 'string') return `${name} must be a string`;
  }
  const status = rule.status as number | undefined;
  if (status !== undefined && !(status >= 200 && status <= 599)) return 'status must be from 200 to 599';
  return rule as unknown as FaultRule;
}

/** The error code that usually goes with an HTTP status. */
export function usualCode(status: number): string {
  return codes[status] ?? (status < 500 ? 'invalid_input' : 'server_error');
}

const codes: Record<number, string> = {
  400: 'json_error',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  410: 'deprecated_api_endpoint',
  412: 'resource_unavailable',
  423: 'locked',
  429: 'rate_limit_exceeded',
  500: 'server_error',
  502: 'bad_gateway',
  503: 'unavailable',
  504: 'timeout',
};

function isGrant(wanted: string | undefined, grant: string | undefined): boolean {
  return wanted === undefined || wanted === grant || grant?.endsWith(`:${wanted}`) === true;
}

function hits(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method && rule.method.toUpperCase() !== method) return false;
  if (rule.path === undefined) return true;
  const wanted = rule.path.replace(/^\/?/, '/');
  if (!wanted.includes('*')) return path === wanted || path.startsWith(wanted.replace(/\/?$/, '/'));
  const pattern = wanted
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(path);
}
