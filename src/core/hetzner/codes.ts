import type { FailureCode } from '../failure.ts';

/** What each error code of the API means here; the code decides, not the HTTP status. */
const byApiCode: Readonly<Record<string, FailureCode>> = {
  unauthorized: 'unauthorized',
  token_readonly: 'forbidden',
  forbidden: 'forbidden',
  maintenance: 'unreachable',
  not_found: 'not_found',
  method_not_allowed: 'refused',
  conflict: 'conflict',
  locked: 'conflict',
  rate_limit_exceeded: 'limited',
  server_error: 'unreachable',
  bad_gateway: 'unreachable',
  unavailable: 'unreachable',
  robot_unavailable: 'unreachable',
  timeout: 'timeout',
  upstream_unavailable: 'unreachable',
  json_error: 'refused',
  invalid_input: 'refused',
  uniqueness_error: 'refused',
  resource_limit_exceeded: 'refused',
  resource_unavailable: 'refused',
  resource_locked: 'refused',
  deprecated_api_endpoint: 'refused',
  protected: 'refused',
  unsupported_error: 'refused',
  service_error: 'refused',
};

const hints: Readonly<Record<string, string>> = {
  unauthorized: 'Give a valid token: CLOUDCTL_TOKEN, HCLOUD_TOKEN or cloudctl context create',
  token_readonly: 'This takes a token with the permission Read & Write',
  maintenance: 'Try again in some minutes',
  locked: 'Another action is running on it: try again when that has ended',
  protected: 'Take the protection away first, with disable-protection',
  resource_unavailable: 'Try another type or another location',
  resource_locked: 'Hetzner has locked it: ask its support',
  resource_limit_exceeded: 'Only Hetzner raises it: ask in the Hetzner Console, or its support',
  rate_limit_exceeded: 'The project has used its requests of this hour: wait, or give a longer --timeout',
};

/** What an error of the API is here, by its code, or for a code that is new by the HTTP status. */
export function failureCodeOf(apiCode: string, status: number): FailureCode {
  return byApiCode[apiCode] ?? byStatus(status);
}

/** The next step after an error of that code, where there is a usual one. */
export function hintFor(apiCode: string): string | undefined {
  return hints[apiCode];
}

function byStatus(status: number): FailureCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 429) return 'limited';
  if (status === 504) return 'timeout';
  return status >= 400 && status < 500 ? 'refused' : 'unreachable';
}
