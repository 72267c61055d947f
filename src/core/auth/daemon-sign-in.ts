import { HETZNER_ENDPOINT, originOf } from '../config/endpoint.ts';
import { Failure, type FailureCode, toFailure } from '../failure.ts';
import { userAgent } from '../version.ts';
import type { HttpResponse, Transport } from '../world.ts';
import { isRecord } from './secrets.ts';

/** What it takes to ask a daemon before one is signed in. */
export interface SignInDesk {
  readonly http: Transport;
  readonly signal?: AbortSignal;
  /** The endpoint of the context: of the daemon, with or without `/v1`. */
  readonly endpoint: string;
}

/** How a daemon lets people sign in. */
export interface SignInWays {
  readonly workos?: { readonly clientId: string; readonly endpoint: string };
  readonly local: boolean;
}

/** A session of a daemon that has begun. */
export interface DaemonSession {
  readonly token: string;
  readonly email: string;
  /** RFC 3339. */
  readonly expires: string;
}

const timeout = 10_000;
/** A check of a password waits for those before it. */
const patience = 60_000;

/** How one signs in at that address; undefined where no daemon answers, such as at Hetzner. */
export async function discoverSignIn(desk: SignInDesk): Promise<SignInWays | undefined> {
  if (originOf(desk.endpoint) === originOf(HETZNER_ENDPOINT)) return undefined;
  const answer = await ask(desk, 'GET', 'sign-in', { timeout }).catch(error => {
    if (toFailure(error).code === 'interrupted') throw error;
    return undefined;
  });
  const ways = answer?.status === 200 ? parse(answer.body) : undefined;
  if (typeof ways?.local !== 'boolean') return undefined;
  const { client_id: clientId, endpoint } = isRecord(ways.workos) ? ways.workos : {};
  const isWhole = typeof clientId === 'string' && typeof endpoint === 'string';
  return { local: ways.local, ...(isWhole && { workos: { clientId, endpoint } }) };
}

/** Signs in with a password; throws `unauthorized`, or `limited` that says when to come again. */
export function beginSession(desk: SignInDesk, given: { email: string; password: string }): Promise<DaemonSession> {
  return open(desk, 'sessions', given);
}

/** Takes up an invitation with a password of one's own; throws `unauthorized` for one that is not good any more. */
export function acceptInvitation(desk: SignInDesk, given: { token: string; password: string }): Promise<DaemonSession> {
  return open(desk, 'invitations/accept', given);
}

/** Ends a session; one that has ended before is no fault. */
export async function endDaemonSession(desk: SignInDesk, token: string): Promise<void> {
  const answer = await ask(desk, 'DELETE', 'sessions/current', { token, timeout });
  if (answer.status >= 400 && answer.status !== 401) throw problemIn(answer);
}

async function open(desk: SignInDesk, path: string, given: object): Promise<DaemonSession> {
  const body = JSON.stringify({ ...given, name: 'cloudctl' });
  const answer = await ask(desk, 'POST', path, { body, timeout: patience });
  if (answer.status >= 400) throw problemIn(answer);
  const { token, session } = parse(answer.body) ?? {};
  const { user: email, expires } = isRecord(session) ? session : {};
  if (typeof token === 'string' && typeof email === 'string' && typeof expires === 'string') {
    return { token, email, expires };
  }
  throw new Failure('unreachable', `${originOf(desk.endpoint)} did not answer as a daemon of cloudctl`);
}

function ask(
  { http, signal, endpoint }: SignInDesk,
  method: string,
  path: string,
  { token, body, timeout }: { readonly token?: string; readonly body?: string; readonly timeout: number },
): Promise<HttpResponse> {
  const base = endpoint.replace(/(\/projects\/[^/]+)?(\/cloudctl)?(\/v1)?$/, '');
  const headers = {
    'user-agent': userAgent,
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return http({ method, url: new URL(`${base}/cloudctl/v1/${path}`), headers, body, timeout, signal });
}

const codes: Readonly<Record<number, FailureCode>> = {
  400: 'usage',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  422: 'usage',
  429: 'limited',
};

function problemIn({ status, body }: HttpResponse): Failure {
  const { error } = parse(body) ?? {};
  const { message, hint } = isRecord(error) ? error : {};
  const said = typeof message === 'string' ? message : `the daemon answered with HTTP ${status}`;
  return new Failure(codes[status] ?? 'unreachable', said, typeof hint === 'string' ? { hint } : {});
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
