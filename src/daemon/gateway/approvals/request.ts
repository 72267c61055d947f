import { matchOperation } from '../../../core/access/match.ts';
import type { Match } from '../../../core/access/operation.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { ApprovalRow } from '../../../core/store/tables.ts';
import type { Ask } from '../ask.ts';

/** A row with the id that the store gave it. */
export type Approval = Omit<ApprovalRow, 'id'> & { readonly id: number };

/** A request that takes a second person, as it is to be sent. */
export interface Sent {
  readonly project: number;
  readonly method: string;
  /** Below `/v1/`, with its query in the order of its names. */
  readonly path: string;
  readonly body: string;
}

export function sentBy({ upstream, match, path, query, text }: Ask): Sent {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return {
    project: upstream.project.id,
    method: match.operation.method,
    path: sorted.size > 0 ? `${path}?${sorted}` : path,
    body: text,
  };
}

/** What tells the same request of the same person from all others, and nobody what is in it. */
export function fingerprintOf(key: StoreKey, who: string, { project, method, path, body }: Sent): string {
  return key.fingerprint(JSON.stringify(['approval', who, project, method, path, body]));
}

/** What the body is sealed for: opened for no other request. */
export function sealName({ project, method, path }: Omit<Sent, 'body'>): string {
  return `body of ${method} ${path} in project ${project}`;
}

/** The operation that a row is of; undefined where the published API does not have it any more. */
export function matchOf({ method, path }: Pick<Approval, 'method' | 'path'>): Match | undefined {
  return matchOperation(method, path.split('?')[0]!);
}

/** What became of it, as of now. */
export function stateOf({ state, expires }: Pick<Approval, 'state' | 'expires'>, now: number) {
  return expires <= now && (state === 'waiting' || state === 'approved') ? 'expired' : state;
}
