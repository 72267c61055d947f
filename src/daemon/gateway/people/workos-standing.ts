import type { OrganizationMembership, User as WorkosUser } from '@workos-inc/node';
import { Failure } from '../../../core/failure.ts';
import type { User } from './principal.ts';
import type { Administration } from './workos-administration.ts';

/** Somebody as WorkOS has them now. */
export interface Standing {
  /** Undefined when there is no such user any more. */
  readonly person: Person | undefined;
  /** In the organizations that count here, whatever their status. */
  readonly memberships: readonly OrganizationMembership[];
}

export interface Person {
  /** In lower case; undefined where nobody has shown that it is theirs. */
  readonly email: string | undefined;
  readonly name: string | undefined;
}

/** Asks WorkOS how somebody stands. */
export async function readStanding(workos: Administration, id: string): Promise<Standing> {
  const { ask } = workos;
  const person = await ask(sdk => sdk.userManagement.getUser(id)).then(personOf, error => {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  });
  return { person, memberships: person === undefined ? [] : await readMemberships(workos, id) };
}

/** The memberships of somebody in the organizations that count here, whatever their status, in the order of the configuration. */
export async function readMemberships(workos: Administration, userId: string): Promise<OrganizationMembership[]> {
  const statuses = ['active', 'inactive', 'pending'] as const;
  const all = await workos.ask(async ({ userManagement }) => {
    return (await userManagement.listOrganizationMemberships({ userId, statuses: [...statuses] })).autoPagination();
  });
  const place = ({ organizationId }: OrganizationMembership) => workos.organizations.indexOf(organizationId);
  return all.filter(one => place(one) >= 0).sort((one, other) => place(one) - place(other));
}

/** What of a user's row is to be other than it is. */
export type Changes = Partial<Pick<User, 'email' | 'name' | 'state' | 'workos_role' | 'workos_at'>>;

/** How the row has to follow; `role` is what the roles of `membershipOf` come to here. Nobody is let in again by it: that takes `user enable`, so that what was done here is not undone from there. */
export function decide(
  user: Pick<User, 'email' | 'name' | 'state' | 'workos_role' | 'workos_at'>,
  standing: Standing,
  role: string | null,
): Changes {
  const { person } = standing;
  const how = membershipOf(standing);
  if (!person || !how) return user.state === 'disabled' ? {} : { state: 'disabled' };
  const wanted = {
    email: person.email ?? user.email,
    name: person.name ?? user.name,
    workos_role: role,
    workos_at: how.at,
  };
  const names = Object.keys(wanted) as (keyof typeof wanted)[];
  return Object.fromEntries(names.filter(name => wanted[name] !== user[name]).map(name => [name, wanted[name]]));
}

/** What the memberships that let somebody in come to: the slugs of their roles in that order, and when the last of them was changed, in milliseconds. Undefined where none does. */
export function membershipOf({ memberships }: Standing): { readonly roles: string[]; readonly at: number } | undefined {
  const active = memberships.filter(isActive);
  if (active.length === 0) return undefined;
  const slugs = active.flatMap(({ role, roles = [] }) => [role, ...roles].map(({ slug }) => slug));
  return {
    roles: [...new Set(slugs)],
    at: Math.max(...active.map(({ updatedAt }) => Date.parse(updatedAt) || 0)),
  };
}

function isActive({ status }: OrganizationMembership): boolean {
  return status === 'active';
}

function personOf({ email, emailVerified, firstName, lastName }: WorkosUser): Person {
  const name = [firstName, lastName].filter(Boolean).join(' ').replace(/\p{C}/gu, '').trim();
  const isGood = emailVerified && /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]+$/u.test(email) && Buffer.byteLength(email) <= 160;
  return {
    email: isGood ? email.toLowerCase() : undefined,
    name: name === '' || Buffer.byteLength(name) > 200 ? undefined : name,
  };
}
