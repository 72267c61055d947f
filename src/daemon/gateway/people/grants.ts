import type { Grant, Grants } from '../../../core/access/operation.ts';
import { routesOf, served } from '../../api/routes.ts';

/** Roles that are always there. */
export const builtInRoles = ['admin', 'operator', 'client', 'viewer', 'auditor'] as const;

/** The grants of a role, built in or made here; nothing for a role that there is not. */
export function grantsOf(role: string, custom: Readonly<Record<string, Grants>>): Grants {
  return seam[role] ?? custom[role] ?? {};
}

/** What both allow, by patterns of permissions such as `servers:*`. */
export function narrow(grants: Grants, permissions: readonly string[]): Grants {
  return Object.fromEntries(Object.entries(grants).filter(([name]) => permissions.some(one => covers(one, name))));
}

/** What both of two roles allow. Where neither of two grants is within the other, such as `own` and `approve`, nothing is. */
export function weaker(one: Grants, other: Grants): Grants {
  return Object.fromEntries(Object.entries(one).map(([name, grant]) => [name, meet(grant, other[name] ?? 'none')]));
}

/** The permissions in which `theirs` allow more than `mine`: nobody gives what they do not have. */
export function beyond(theirs: Grants, mine: Grants): string[] {
  return Object.entries(theirs).flatMap(([name, grant]) => (meet(grant, mine[name] ?? 'none') === grant ? [] : [name]));
}

function meet(one: Grant, other: Grant): Grant {
  if (one === other || other === 'all') return one;
  if (one === 'all') return other;
  return [one, other].sort().join() === 'own,quota' ? 'quota' : 'none';
}

function covers(pattern: string, permission: string): boolean {
  return (
    pattern === '*' || pattern === permission || (pattern.endsWith(':*') && permission.startsWith(pattern.slice(0, -1)))
  );
}

const own = [...new Set(routesOf(served).map(({ permission }) => permission))];
const all = (names: readonly string[]): Grants => Object.fromEntries(names.map(name => [name, 'all' as Grant]));
const seam: Readonly<Record<string, Grants>> = {
  admin: all([
    ...own,
    'tokens:self',
    'tokens:manage',
    'users:read',
    'users:manage',
    'roles:manage',
    'gateway:metrics',
    'actions:read',
  ]),
  operator: all([...own.filter(name => !name.startsWith('audit')), 'tokens:self', 'users:read', 'gateway:metrics']),
  client: { 'tokens:self': 'own' },
  viewer: {},
  auditor: all([...own.filter(name => name.endsWith(':read')), 'users:read']),
};
