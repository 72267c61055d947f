import { claimAttacks } from './attacks-claims.ts';
import { formAttacks } from './attacks-form.ts';
import { headerAttacks } from './attacks-header.ts';
import { signatureAttacks } from './attacks-signature.ts';
import { claims, clientId, keys, type SigningKey, seconds, signToken } from './issuer.ts';

/** A good token, and what it was made of. */
export interface Base {
  readonly name: string;
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly key: SigningKey;
  readonly token: string;
}

/** A bad token made from a good one, by a name that says how. */
export type Attack = readonly [name: string, forge: (base: Base) => string];

/** The verifier of the attacks takes one of these organizations. */
export const organizations = ['org_01J8ZKCCCC', 'org_01J8ZKDDDD'];

function makeBase(name: string, type: object, changes: Record<string, unknown>, key: SigningKey): Base {
  const header = { alg: 'RS256', kid: key.kid, ...type };
  const content = claims({ org_id: organizations[0], ...changes });
  return { name, header, claims: content, key, token: signToken(header, content, key) };
}

const rights = { role: 'admin', roles: ['admin', 'member'], permissions: ['servers:read', 'servers:write'] };

/** Good tokens of every kind that WorkOS gives. */
export const bases: readonly Base[] = [
  makeBase('a small token', {}, {}, keys.first),
  makeBase('a full token', { typ: 'JWT' }, { ...rights, jti: 'jti_01J8ZKEEEE', nbf: seconds - 60 }, keys.first),
  makeBase(
    'a token of the other issuer and key',
    { typ: 'at+jwt' },
    { iss: 'https://api.workos.com', aud: clientId, client_id: clientId, org_id: organizations[1] },
    keys.second,
  ),
  makeBase(
    'a token of an impersonator',
    { typ: 'application/at+jwt' },
    { ...rights, aud: ['elsewhere', clientId], act: { sub: 'admin@example.com' } },
    keys.second,
  ),
];

/** Every way of making a good token bad. */
export const attacks: readonly Attack[] = [...headerAttacks, ...signatureAttacks, ...formAttacks, ...claimAttacks];
