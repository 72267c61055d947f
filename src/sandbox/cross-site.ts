import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from './loopback.ts';

/** Whether a browser sent the request for another site's page, or for a name that was bent to this machine. */
export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const { origin, host = 'localhost', 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const own = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  if (!own || !isLoopback(own.hostname.replace(/^\[|\]$/g, ''))) return true;
  return origin !== undefined && origin !== own.origin;
}
