import { isLoopback } from '../loopback.ts';
import { renderPage } from './page/layout.ts';
import { invalidParameter } from './problem.ts';
import type { WorkosHandler } from './realm.ts';
import { endSession } from './sessions.ts';

/** Signs out in the browser: ends the session, and leads on to `return_to` where that is https or this machine. */
export const logOut: WorkosHandler = (realm, { query }) => {
  const id = query.get('session_id');
  if (!id) throw invalidParameter('session_id', 'session_id_required');
  endSession(realm, id);
  const next = query.get('return_to');
  if (next !== null && isTrusted(next)) return { status: 302, headers: { Location: new URL(next).href } };
  return renderPage(200, 'Signed out', '<p>You are signed out. You can close this page.</p>');
};

function isTrusted(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}
