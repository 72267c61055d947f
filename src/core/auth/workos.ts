import { Failure, type FailureCode } from '../failure.ts';
import type { HttpResponse, Transport } from '../world.ts';
import { isRecord } from './secrets.ts';

/** An environment of WorkOS as a public client sees it: no key and no secret. */
export interface Workos {
  readonly endpoint: string;
  readonly clientId: string;
  readonly http: Transport;
  readonly userAgent: string;
}

/** How long one request may take, in milliseconds, and what stops it. */
export interface Patience {
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** The grant types that a public client uses. */
export const grants = {
  device: 'urn:ietf:params:oauth:grant-type:device_code',
  refresh: 'refresh_token',
  selection: 'urn:workos:oauth:grant-type:organization-selection',
} as const;

/** Begins a device authorization; the answer is not looked at. */
export function authorizeDevice(workos: Workos, patience: Patience): Promise<Readonly<Record<string, unknown>>> {
  return post(workos, 'user_management/authorize/device', {}, patience);
}

/** Exchanges a grant for tokens; rejects with a Failure whose `apiCode` is the error as WorkOS named it, `ambiguous` when the grant may have been used up. */
export function authenticate(
  workos: Workos,
  form: Readonly<Record<string, string>> & { readonly grant_type: string },
  patience: Patience,
): Promise<Readonly<Record<string, unknown>>> {
  return post(workos, 'user_management/authenticate', form, patience);
}

/** Ends a session; rejects when that is not certain. */
export async function endSession(workos: Workos, session: string, patience: Patience): Promise<void> {
  const url = urlOf(workos, 'user_management/sessions/logout');
  url.searchParams.set('session_id', session);
  const answer = await workos.http({ method: 'GET', url, headers: headersOf(workos), ...patience });
  // What it redirects to is a page for a browser.
  if (answer.status >= 400) throw readProblem(answer, url.host);
}

async function post(
  workos: Workos,
  path: string,
  form: Readonly<Record<string, string>>,
  patience: Patience,
): Promise<Readonly<Record<string, unknown>>> {
  const url = urlOf(workos, path);
  const answer = await workos.http({
    method: 'POST',
    url,
    headers: { ...headersOf(workos), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: workos.clientId, ...form }).toString(),
    ...patience,
  });
  if (answer.status < 200 || answer.status > 299) throw readProblem(answer, url.host);
  const body = parseObject(answer.body);
  if (body) return body;
  throw new Failure('unreachable', `${url.host} did not answer as WorkOS`, { ambiguous: true });
}

function headersOf({ userAgent }: Workos): Record<string, string> {
  return { 'user-agent': userAgent, accept: 'application/json' };
}

function urlOf({ endpoint }: Workos, path: string): URL {
  return new URL(`${endpoint}/${path}`);
}

const byCode: Readonly<Record<string, FailureCode>> = {
  authorization_pending: 'conflict',
  slow_down: 'conflict',
  access_denied: 'unauthorized',
  expired_token: 'unauthorized',
  invalid_grant: 'unauthorized',
  invalid_client: 'usage',
  invalid_request: 'usage',
  invalid_request_parameters: 'usage',
  unauthorized_client: 'usage',
  unsupported_grant_type: 'usage',
  daily_quota_exceeded: 'refused',
};

/** The Failure for an answer that is not good. Two shapes of error occur on the same paths: `{error, error_description}` and `{code, message}`. */
function readProblem(answer: HttpResponse, host: string): Failure {
  const { status, headers } = answer;
  const body = parseObject(answer.body) ?? {};
  const apiCode = [body.error, body.code].find(one => typeof one === 'string') as string | undefined;
  const said = [body.error_description, body.message].find(one => typeof one === 'string') as string | undefined;
  if (status >= 500 || status === 408) {
    return new Failure('unreachable', `${host} is failing (HTTP ${status})`, { ambiguous: true });
  }
  if (apiCode === undefined && said === undefined && status !== 429) {
    return new Failure('unreachable', `${host} did not answer as WorkOS (HTTP ${status})`, {
      hint: 'Check its address',
    });
  }
  const message = said?.replace(/\.$/, '') || (apiCode ?? `HTTP ${status}`).replaceAll('_', ' ');
  return new Failure(byCode[apiCode ?? ''] ?? (status === 429 ? 'limited' : 'forbidden'), message, {
    apiCode: apiCode ?? String(status),
    details: detailsOf(body, headers),
    correlationId: headers['x-request-id'],
  });
}

/** What later steps need: how long to wait, and what to choose from. */
export interface ProblemDetails {
  /** Seconds. */
  readonly retryAfter?: number;
  readonly pendingToken?: string;
  readonly organizations?: readonly { readonly id: string; readonly name: string }[];
}

function detailsOf(
  body: Readonly<Record<string, unknown>>,
  headers: HttpResponse['headers'],
): ProblemDetails | undefined {
  const seconds = Number(headers['retry-after']);
  const { pending_authentication_token: pendingToken, organizations } = body;
  if (typeof pendingToken !== 'string' || !Array.isArray(organizations)) {
    return seconds > 0 ? { retryAfter: seconds } : undefined;
  }
  const named = organizations.filter(one => isRecord(one) && typeof one.id === 'string');
  return { pendingToken, organizations: named.map(({ id, name }) => ({ id, name: String(name ?? id) })) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
