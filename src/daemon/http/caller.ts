import { createHash, timingSafeEqual } from 'node:crypto';
import { readIfThere } from '../../core/config/storage.ts';
import type { Caller } from '../api/service.ts';

/** Who makes a request, undefined for somebody unknown. */
export type FindCaller = (request: {
  readonly address: string;
  readonly authorization?: string;
  readonly requestId: string;
}) => Caller | undefined;

export interface CallerOptions {
  /** Whose socket it is: the user, or the group that may connect. */
  readonly local: string;
  /** The file of the administrator's token, read at each use so that a new one counts at once. */
  readonly adminTokenFile: () => string | undefined;
}

/** Whoever may open the socket is an administrator; over an address the administrator's token is. */
export function callerFinder({ local, adminTokenFile }: CallerOptions): FindCaller {
  return ({ address, authorization, requestId }) => {
    if (address === 'socket') return { name: `${local}@socket`, role: 'admin', requestId, address };
    const file = adminTokenFile();
    const given = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1];
    if (file === undefined || given === undefined) return undefined;
    const token = readIfThere(file)?.trim();
    if (!token || !isSame(given, token)) return undefined;
    return { name: 'admin-token', role: 'admin', requestId, address };
  };
}

// Digests, so that neither the length nor the place of the first difference can be measured.
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map(text => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
