import { createHash, timingSafeEqual } from 'node:crypto';
import type { Verifier } from '../../core/auth/verify/index.ts';
import { Failure } from '../../core/failure.ts';

/** A token that the configuration names, by its SHA-256 in hexadecimal. */
export interface AdminToken {
  readonly name: string;
  readonly hash: string;
}

/** Who is let in. */
export interface Doors {
  /** What a caller on the socket is called: the user who owns it, or `socket` where others may open it too. */
  readonly socketName?: string;
  readonly tokens?: () => readonly AdminToken[];
  /** Access tokens of WorkOS, where those are taken. */
  readonly verifier?: Verifier;
}

/** How a request came in. */
export interface Knock {
  readonly via: 'socket' | 'tcp';
  readonly authorization?: string;
}

/** Someone who is let in. */
export interface Known {
  readonly name: string;
  readonly role: 'admin';
}

/** The hash of an admin token, as the configuration has it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Tells who asks: on the socket an admin, since only those can open it; elsewhere by a bearer token. Throws `unauthorized`, `forbidden` for a person who is no admin, or `unreachable` when that cannot be told now. */
export function createIdentify({ socketName = 'socket', tokens = () => [], verifier }: Doors) {
  return async ({ via, authorization }: Knock): Promise<Known> => {
    if (via === 'socket') return { name: socketName, role: 'admin' };
    const token = /^Bearer ([\x21-\x7e]{1,16384})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refuse('no token was given');
    const known = findToken(tokens(), token);
    if (known) return { name: known.name, role: 'admin' };
    if (!verifier || token.split('.').length !== 3) throw refuse('the token is not known');
    const { user, role, roles } = await verifier.verify(token);
    if (role === 'admin' || roles.includes('admin')) return { name: user, role: 'admin' };
    throw new Failure('forbidden', 'this takes the role admin', { details: { actor: user } });
  };
}

/** Looks at every token, so that the time it takes does not tell which was nearly right. */
function findToken(tokens: readonly AdminToken[], given: string): AdminToken | undefined {
  const hash = Buffer.from(hashToken(given));
  return tokens.filter(({ hash: known }) => {
    const other = Buffer.from(known.toLowerCase());
    return other.length === hash.length && timingSafeEqual(other, hash);
  })[0];
}

function refuse(message: string): Failure {
  return new Failure('unauthorized', message, { hint: 'Set CLOUDCTL_DAEMON_TOKEN, or sign in: cloudctl login' });
}
