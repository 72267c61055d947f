import { listEvents } from './administration/events.ts';
import {
  acceptInvitation,
  getInvitation,
  listInvitations,
  revokeInvitation,
  sendInvitation,
} from './administration/invitations.ts';
import {
  createMembership,
  deactivateMembership,
  deleteMembership,
  getMembership,
  listMemberships,
  reactivateMembership,
  updateMembership,
} from './administration/memberships.ts';
import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
  updateOrganization,
} from './administration/organizations.ts';
import { getRole, listOrganizationRoles, listRoles } from './administration/roles.ts';
import { revokeSession } from './administration/sessions.ts';
import { createUser, deleteUser, getUser, listSessions, listUsers, updateUser } from './administration/users.ts';
import { authenticate } from './authenticate.ts';
import { authorizeDevice } from './device.ts';
import { publishKeys } from './jwks.ts';
import { logOut } from './logout.ts';
import { grantToMachine, publishMachineKeys } from './machine.ts';
import { answerDevicePage, showDevicePage } from './page/device.ts';
import type { WorkosHandler } from './realm.ts';

/** A method and a path with what answers it. */
export interface WorkosRoute {
  method: string;
  path: string;
  handle: WorkosHandler;
  /** Whether it needs the API key. */
  isAdministration: boolean;
}

const users = '/user_management/users';
const memberships = '/user_management/organization_memberships';
const invitations = '/user_management/invitations';

/** Everything that this side answers. */
export const workosRoutes: readonly WorkosRoute[] = [
  open('POST /user_management/authorize/device', authorizeDevice),
  open('POST /user_management/authenticate', authenticate),
  open('GET /user_management/sessions/logout', logOut),
  open('GET /sso/jwks/{client}', publishKeys),
  open('POST /oauth2/token', grantToMachine),
  open('GET /oauth2/jwks', publishMachineKeys),
  open('GET /device', showDevicePage),
  open('POST /device', answerDevicePage),
  keyed(`GET ${users}`, listUsers),
  keyed(`POST ${users}`, createUser),
  keyed(`GET ${users}/{user}`, getUser),
  keyed(`PUT ${users}/{user}`, updateUser),
  keyed(`DELETE ${users}/{user}`, deleteUser),
  keyed(`GET ${users}/{user}/sessions`, listSessions),
  keyed('POST /user_management/sessions/revoke', revokeSession),
  keyed('GET /organizations', listOrganizations),
  keyed('POST /organizations', createOrganization),
  keyed('GET /organizations/{organization}', getOrganization),
  keyed('PUT /organizations/{organization}', updateOrganization),
  keyed('DELETE /organizations/{organization}', deleteOrganization),
  keyed('GET /organizations/{organization}/roles', listOrganizationRoles),
  keyed(`GET ${memberships}`, listMemberships),
  keyed(`POST ${memberships}`, createMembership),
  keyed(`GET ${memberships}/{membership}`, getMembership),
  keyed(`PUT ${memberships}/{membership}`, updateMembership),
  keyed(`DELETE ${memberships}/{membership}`, deleteMembership),
  keyed(`PUT ${memberships}/{membership}/deactivate`, deactivateMembership),
  keyed(`PUT ${memberships}/{membership}/reactivate`, reactivateMembership),
  keyed(`GET ${invitations}`, listInvitations),
  keyed(`POST ${invitations}`, sendInvitation),
  keyed(`GET ${invitations}/{invitation}`, getInvitation),
  keyed(`POST ${invitations}/{invitation}/accept`, acceptInvitation),
  keyed(`POST ${invitations}/{invitation}/revoke`, revokeInvitation),
  keyed('GET /authorization/roles', listRoles),
  keyed('GET /authorization/roles/{slug}', getRole),
  keyed('GET /authorization/organizations/{organization}/roles', listOrganizationRoles),
  keyed('GET /events', listEvents),
];

function open(line: string, handle: WorkosHandler): WorkosRoute {
  const [method = '', path = ''] = line.split(' ');
  return { method, path, handle, isAdministration: false };
}

function keyed(line: string, handle: WorkosHandler): WorkosRoute {
  return { ...open(line, handle), isAdministration: true };
}
