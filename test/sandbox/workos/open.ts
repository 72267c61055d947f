import { createPublicKey, verify } from 'node:crypto';
import type { SandboxOptions, Workos } from '../../../src/sandbox/index.ts';
import { type Answer, type Json, type Opened, open } from '../open.ts';

/** What people's clients send the grants as. */
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** A sandbox as the clients of its WorkOS side see it; the clock stands still. */
export interface OpenedWorkos extends Opened {
  workos: Workos;
  /** Any request to the WorkOS side. */
  ask(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
  /** A POST of a form by a public client, its client id included. */
  form(path: string, fields?: Record<string, string>): Promise<Answer>;
  /** A request of the administration, with the API key. */
  administer(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Begins a sign-in by device; the body of the answer. */
  begin(): Promise<Json>;
  poll(device: Json): Promise<Answer>;
  /** A whole sign-in; the body of the answer, with both tokens. */
  signIn(choice?: { user?: string; organization?: string }): Promise<Json>;
  refresh(refreshToken: string, more?: Record<string, string>): Promise<Answer>;
}

/** Opens a sandbox for its WorkOS side. */
export async function openWorkos(options: SandboxOptions = {}): Promise<OpenedWorkos> {
  const opened = await open(options);
  const { workos } = opened.sandbox;
  const ask: OpenedWorkos['ask'] = async (method, path, body, headers = {}) => {
    const response = await fetch(workos.url + path, { method, headers, body, redirect: 'manual' });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const form: OpenedWorkos['form'] = (path, fields = {}) =>
    ask('POST', path, new URLSearchParams({ client_id: workos.clientId, ...fields }).toString(), {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
  const begin = async () => (await form('/user_management/authorize/device')).body;
  const authenticate = (fields: Record<string, string>) => form('/user_management/authenticate', fields);
  const poll = (device: Json) => authenticate({ grant_type: deviceGrant, device_code: device.device_code });
  return {
    ...opened,
    workos,
    ask,
    form,
    begin,
    poll,
    administer: (method, path, body) =>
      ask(method, path, body === undefined ? undefined : JSON.stringify(body), {
        Authorization: `Bearer ${workos.apiKey}`,
        'Content-Type': 'application/json',
      }),
    async signIn(choice) {
      const device = await begin();
      workos.approve(device.user_code, choice);
      return (await poll(device)).body;
    },
    refresh: (refresh_token, more = {}) => authenticate({ grant_type: 'refresh_token', refresh_token, ...more }),
  };
}

/** Status and error of an answer, in either shape: `400 slow_down`. */
export function refusalOf({ status, body }: Answer): string {
  return `${status} ${body.error ?? body.code}`;
}

/** The header or the claims of a token. */
export function decode(token: string, part: 'header' | 'claims' = 'claims'): Json {
  return JSON.parse(Buffer.from(token.split('.')[part === 'header' ? 0 : 1]!, 'base64url').toString());
}

/** Whether a key of the set has signed the token. */
export function isSignedBy(keySet: Json, token: string): boolean {
  const [header, claims, signature] = token.split('.');
  const key = keySet.keys.find(({ kid }: Json) => kid === decode(token, 'header').kid);
  if (!key) return false;
  const publicKey = createPublicKey({ key, format: 'jwk' });
  return verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature!, 'base64url'));
}
