import { addOrganization } from '../add.ts';
import { recordEvent } from '../events.ts';
import { readFields } from '../fields.ts';
import { replyList } from '../list.ts';
import { requireOrganization } from '../people.ts';
import type { WorkosHandler } from '../realm.ts';
import { timestamp } from '../state.ts';
import { removeMemberships } from './memberships.ts';

const shape = { name: 'text', external_id: 'optional', metadata: 'metadata' } as const;

/** Every organization. */
export const listOrganizations: WorkosHandler = ({ state }, { query }) =>
  replyList(query, state.organizations.values());

/** One organization. */
export const getOrganization: WorkosHandler = (realm, { params }) => ({
  status: 200,
  body: requireOrganization(realm, params.organization!),
});

/** A new organization; several may have one name. */
export const createOrganization: WorkosHandler = (realm, { body }) => ({
  status: 201,
  body: addOrganization(realm, readFields(body, shape, ['name'])),
});

/** Changes the fields that are given. */
export const updateOrganization: WorkosHandler = (realm, { params, body }) => {
  const organization = requireOrganization(realm, params.organization!);
  Object.assign(organization, readFields(body, shape), { updated_at: timestamp(realm.now()) });
  for (const membership of realm.state.memberships.values()) {
    if (membership.organization_id === organization.id) membership.organization_name = organization.name;
  }
  recordEvent(realm, 'organization.updated', organization);
  return { status: 200, body: organization };
};

/** Removes an organization with memberships and invitations; its sessions go on without it. */
export const deleteOrganization: WorkosHandler = (realm, { params }) => {
  const { state } = realm;
  const organization = requireOrganization(realm, params.organization!);
  removeMemberships(realm, ({ organization_id }) => organization_id === organization.id);
  for (const { id, organization_id } of state.invitations.values()) {
    if (organization_id === organization.id) state.invitations.delete(id);
  }
  state.organizations.delete(organization.id);
  recordEvent(realm, 'organization.deleted', organization);
  return { status: 204 };
};
