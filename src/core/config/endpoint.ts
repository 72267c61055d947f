import { Failure } from '../failure.ts';

/** Hetzner Cloud's own API. */
export const HETZNER_ENDPOINT = 'https://api.hetzner.cloud/v1';

/** WorkOS's own address. */
export const WORKOS_ENDPOINT = 'https://api.workos.com';

/** The endpoint without a trailing slash; throws `usage` unless it is https, or http on this machine, and nothing but host, port and path. */
export function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure('usage', 'endpoint is not an http or https address', { hint: `Such as ${HETZNER_ENDPOINT}` });
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Failure('usage', 'endpoint has more than host, port and path', {
      hint: 'Leave out user, password, query and fragment',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Failure('usage', `endpoint ${url.origin} is plain http, which is for this machine only`, {
      hint: `Use https://${url.host}`,
    });
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

/** Scheme, host and port of a parsed endpoint: what a stored credential is bound to. */
export function originOf(endpoint: string): string {
  return new URL(endpoint).origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
