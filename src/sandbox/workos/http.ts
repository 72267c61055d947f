import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from '../faults.ts';
import { hold, readBody, spoil, transmit, type Wire } from '../wire.ts';
import { answer, parseBody, problemReply } from './answer.ts';
import { faultProblem } from './problem.ts';
import { type Realm, textOf, type WorkosReply } from './realm.ts';

/** A request that came, without anything secret: no query, no body. */
export interface WorkosRequestRecord {
  method: string;
  path: string;
  /** The `grant_type`, where it is one of those that exist. */
  grant?: string;
  hasAuthorization: boolean;
}

/** What the edge of this side needs to know. */
export interface WorkosEdge extends Wire {
  realm: Realm;
  faults: Faults;
  received(record: WorkosRequestRecord): void;
}

/** Answers one request of the WorkOS side: reads it, lets a fault spoil it if one is due, and sends the reply. */
export async function serveWorkos(edge: WorkosEdge, message: IncomingMessage, response: ServerResponse, url: URL) {
  const text = await readBody(message);
  const { realm, faults } = edge;
  const { method = 'GET', headers } = message;
  const path = url.pathname;
  const grant = grantOf({ headers, text });
  edge.received({ method, path, ...(grant !== undefined && { grant }), hasAuthorization: 'authorization' in headers });
  const rule = faults.next(method, path, grant);
  const reply = spoil<WorkosReply>(rule, {
    answer: () => answer(realm, { method, url, headers, text }),
    garble: status => ({ status }),
    refuse: (status, { code, message }) => problemReply(faultProblem(path, status, code, message)),
  });
  hold(edge, rule, () => {
    const body = reply?.page ?? (reply?.body === undefined ? '' : JSON.stringify(reply.body));
    const type = reply?.page === undefined ? 'application/json' : 'text/html; charset=utf-8';
    transmit(message, response, reply && { status: reply.status, headers: reply.headers ?? {}, type, body }, rule);
  });
}

// Anything else under that name could be a secret that was put in the wrong place.
const grantTypes =
  /^(urn:(ietf:params|workos):oauth:grant-type:[\w:-]+|refresh_token|password|client_credentials|authorization_code)$/;

function grantOf(request: Parameters<typeof parseBody>[0]): string | undefined {
  try {
    const grant = textOf(parseBody(request), 'grant_type');
    return grant !== undefined && grantTypes.test(grant) ? grant : undefined;
  } catch {
    return undefined;
  }
}
