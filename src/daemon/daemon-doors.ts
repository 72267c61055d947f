import { hashToken } from '../core/auth/gateway-token.ts';
import type { Verifier } from '../core/auth/verify/index.ts';
import { readIfThere } from '../core/config/storage.ts';
import type { Doors } from './api/identify.ts';
import type { Values } from './config/configuration.ts';
import type { LiveConfiguration } from './daemon-live.ts';
import type { DaemonWorld } from './daemon-world.ts';

/** Who is let in: whoever can open the socket, who has the administrator's token, and administrators by WorkOS where that is configured. */
export async function openDoors(world: DaemonWorld, live: LiveConfiguration): Promise<Doors> {
  const { values } = live.current();
  const clientId = values['workos-client-id'];
  return {
    socketName: `${world.user}@socket`,
    // Read at each use, so that a new one counts at once.
    tokens: () => {
      const file = live.current().values['admin-token-file'];
      const token = file === undefined ? undefined : readIfThere(file)?.trim();
      return token ? [{ name: 'admin-token', hash: hashToken(token) }] : [];
    },
    verifier: clientId === undefined ? undefined : await openVerifier(world, clientId, values),
  };
}

async function openVerifier({ http, clock }: DaemonWorld, clientId: string, values: Values): Promise<Verifier> {
  const { createVerifier } = await import('../core/auth/verify/index.ts');
  const endpoint = values['workos-endpoint'];
  return createVerifier({
    jwksUrl: `${endpoint}/sso/jwks/${clientId}`,
    // Older environments have the one, newer ones the other.
    issuers: [endpoint, `${endpoint}/user_management/${clientId}`],
    clientId,
    organizations: values['workos-organizations'],
    http,
    clock,
  });
}
