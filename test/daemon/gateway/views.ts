import { grantsOf } from '../../../src/core/access/roles.ts';
import type { Belongings } from '../../../src/daemon/gateway/ownership.ts';
import { createView, type View } from '../../../src/daemon/gateway/view.ts';

/** Belongings in which user-1 owns these, by collection, and nobody anything else. */
export function belongingsOf(owned: Readonly<Record<string, readonly number[]>>, owner = 'user-1'): Belongings {
  return {
    version: 1,
    ownerOf: (project, type, id) => (project === 1 && owned[type]?.includes(id) ? owner : undefined),
    ownerOfRequest: (_, type, request) => (request === `request-${type}` ? owner : undefined),
  };
}

/** What a client sees that owns these. */
export function clientView(owned: Readonly<Record<string, readonly number[]>>): View {
  const principal = {
    name: 'ada@example.com',
    user: 1,
    role: 'client',
    grants: grantsOf('client')!,
    owner: 'user-1',
    owners: ['user-1'],
  };
  return createView({ principal, project: 1, belongings: belongingsOf(owned) });
}
