import { requireOrganization, requireRole } from '../people.ts';
import type { Realm, WorkosHandler, WorkosReply } from '../realm.ts';

/** Every role of the environment; the list has one page. */
export const listRoles: WorkosHandler = realm => listAll(realm);

/** One role by its slug. */
export const getRole: WorkosHandler = (realm, { params }) => ({ status: 200, body: requireRole(realm, params.slug!) });

/** The roles that members of an organization can have: those of the environment. */
export const listOrganizationRoles: WorkosHandler = (realm, { params }) => {
  requireOrganization(realm, params.organization!);
  return listAll(realm);
};

function listAll({ state }: Realm): WorkosReply {
  return { status: 200, body: { object: 'list', data: [...state.roles.values()] } };
}
