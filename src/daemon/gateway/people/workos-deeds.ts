import type { OrganizationMembership } from '@workos-inc/node';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { User } from './principal.ts';
import type { Administration } from './workos-administration.ts';
import { readMemberships } from './workos-standing.ts';

type Who = Pick<User, 'email' | 'workos_id' | 'workos_role'>;

/** Invites somebody into the first organization, with the role where WorkOS has one of that name; until when that is good, in milliseconds. */
export async function inviteAtWorkos(workos: Administration, email: string, role: string): Promise<number> {
  const organizationId = workos.organizations[0]!;
  const roleSlug = (await readRoles(workos, organizationId)).has(role) ? role : undefined;
  const given = { email, organizationId, ...(roleSlug !== undefined && { roleSlug }) };
  const { expiresAt } = await workos.ask(sdk => sdk.userManagement.sendInvitation(given));
  return Date.parse(expiresAt);
}

/** Keeps somebody out at WorkOS too: takes the invitation back, or deactivates (`for good`: deletes) the memberships and ends every session. To be done again where it rejects. */
export async function keepOut(workos: Administration, { email, workos_id }: Who, forGood: boolean): Promise<void> {
  if (workos_id === null) return takeBack(workos, email);
  const memberships = await ifThere(readMemberships(workos, workos_id));
  for (const { id, status } of memberships ?? []) {
    const { ask } = workos;
    if (forGood || status === 'pending') await ifThere(ask(sdk => sdk.userManagement.deleteOrganizationMembership(id)));
    else await ifThere(ask(sdk => sdk.userManagement.deactivateOrganizationMembership(id)));
  }
  await ifThere(endSessions(workos, workos_id));
}

/** Lets somebody in again whose memberships are inactive. */
export async function letIn(workos: Administration, { workos_id }: Who): Promise<void> {
  if (workos_id === null) return;
  const memberships = (await ifThere(readMemberships(workos, workos_id))) ?? [];
  for (const { id, status } of memberships) {
    if (status !== 'inactive') continue;
    await workos.ask(sdk => sdk.userManagement.reactivateOrganizationMembership(id));
  }
}

/** Gives somebody a role at WorkOS, and tells when that was, in milliseconds; undefined where WorkOS has none of that name, and gives none that counts here. Throws `refused` where the one that it gives goes before. */
export async function giveRole(workos: Administration, who: Who, role: string): Promise<number | undefined> {
  if (who.workos_id === null) return undefined;
  const memberships = (await readMemberships(workos, who.workos_id)).filter(({ status }) => status === 'active');
  const known = await Promise.all(memberships.map(({ organizationId }) => readRoles(workos, organizationId)));
  if (memberships.length > 0 && known.every(slugs => slugs.has(role))) {
    const changed: OrganizationMembership[] = [];
    for (const { id } of memberships) {
      changed.push(await workos.ask(sdk => sdk.userManagement.updateOrganizationMembership(id, { roleSlug: role })));
    }
    return Math.max(...changed.map(({ updatedAt }) => Date.parse(updatedAt)));
  }
  if (who.workos_role === null) return undefined;
  throw new Failure('refused', `WorkOS has no role '${role}', and gives ${who.email} the role ${who.workos_role}`, {
    hint: 'Make a role with that slug at WorkOS first',
  });
}

async function readRoles(workos: Administration, organization: string): Promise<ReadonlySet<string>> {
  const { data } = await workos.ask(sdk => sdk.authorization.listOrganizationRoles(organization));
  return new Set(data.map(({ slug }) => slug));
}

async function takeBack(workos: Administration, email: string): Promise<void> {
  for (const organizationId of workos.organizations) {
    const all = await workos.ask(async ({ userManagement }) => {
      return (await userManagement.listInvitations({ email, organizationId })).autoPagination();
    });
    for (const { id, state } of all) {
      if (state === 'pending') await ifThere(workos.ask(sdk => sdk.userManagement.revokeInvitation(id)));
    }
  }
}

async function endSessions(workos: Administration, user: string): Promise<void> {
  const all = await workos.ask(async sdk => (await sdk.userManagement.listSessions(user)).autoPagination());
  for (const { id, status } of all) if (status === 'active') await endSession(workos, id);
}

/** Ends one session at WorkOS; one that is gone is ended. */
export async function endSession(workos: Administration, sessionId: string): Promise<void> {
  await ifThere(workos.ask(sdk => sdk.userManagement.revokeSession({ sessionId })));
}

/** Undefined for what WorkOS does not know any more. */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch(error => {
    if (toFailure(error).code === 'not_found') return undefined;
    throw error;
  });
}
