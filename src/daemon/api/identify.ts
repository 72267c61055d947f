import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../core/access/principal.ts';
import { hashToken } from '../../core/auth/gateway-token.ts';
import type { Verifier } from '../../core/auth/verify/index.ts';
import { Failure } from '../../core/failure.ts';
import type { People } from '../gateway/people/find.ts';
import { hostAdmin } from '../gateway/people/principal.ts';

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
  /** Those whom the store knows. */
  readonly people?: People;
}

/** How a request came in. */
export interface Knock {
  readonly via: 'socket' | 'tcp';
  readonly authorization?: string;
}

/** Tells who asks: on the socket the administrator of the host, since only those can open it; elsewhere by a bearer token. Throws `unauthorized`, `forbidden` for somebody who was disabled, or `unreachable` when that cannot be told now. */
export function createIdentify({ socketName = 'socket', tokens = () => [], verifier, people }: Doors) {
  return async ({ via, authorization }: Knock): Promise<Principal> => {
    if (via === 'socket') return hostAdmin(socketName);
    const token = /^Bearer ([\x21-\x7e]{1,16384})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refuse('no token was given');
    const known = findToken(tokens(), token);
    if (known) return hostAdmin(known.name);
    if (!people) throw refuse('the token is not known');
    if (!verifier || token.split('.').length !== 3) return people.byToken(token);
    return people.byWorkos(await verifier.verify(token));
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
