import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Grant, Grants } from './operation.ts';
import { daemonPermissions, grantOrder, grantsFor, hetznerPermissions, split } from './permissions.ts';

/** A role as it is decided: by verb for what is Hetzner's, by permission for what is the daemon's; `*` is every other. */
interface Rules {
  readonly summary: string;
  readonly hetzner: Readonly<Record<string, Grant>>;
  readonly daemon: Readonly<Record<string, Grant>>;
}

const reading = (grant: Grant) => ({ read: grant, metrics: grant });
/** Everybody can see and end the own sessions. */
const sessions = { 'session:read': 'own', 'session:write': 'own' } as const;
const ownTokens = { 'token:read': 'own', 'token:write': 'own' } as const;
const share = { 'quota:read': 'own', 'owner:read': 'own', 'permit:read': 'own' } as const;

const rules = {
  admin: { summary: 'Everything, also people, roles and projects', hetzner: { '*': 'all' }, daemon: { '*': 'all' } },
  operator: {
    summary: 'Runs everybody’s resources; what cannot be undone takes a second person',
    hetzner: {
      '*': 'all',
      ...{ delete: 'approve', drop: 'approve', drop_backups: 'approve', import: 'approve', rollback: 'approve' },
      ...{ protect: 'grant', takeover: 'grant' },
    },
    daemon: {
      '*:read': 'all',
      ...{ 'schedule:write': 'all', 'backup:write': 'all', 'check:write': 'all', 'maintenance:write': 'all' },
      ...{
        'alert:write': 'all',
        'silence:write': 'all',
        'route:write': 'all',
        'channel:write': 'all',
        'delivery:write': 'all',
      },
      ...{ 'inbox:write': 'all', 'approval:write': 'all' },
      ...sessions,
      ...ownTokens,
    },
  },
  client: {
    summary: 'Owns what it makes, within its quota, and sees nothing else',
    hetzner: { '*': 'own', create: 'quota', resize: 'quota', backup: 'quota' },
    daemon: { ...sessions, ...ownTokens, ...share, 'approval:read': 'own', 'approval:write': 'own' },
  },
  viewer: {
    summary: 'Sees what it or its team owns',
    hetzner: reading('own'),
    daemon: { ...sessions, ...share },
  },
  auditor: {
    summary: 'Sees everything and changes nothing',
    hetzner: reading('all'),
    daemon: { '*:read': 'all', 'session:write': 'own' },
  },
} as const satisfies Record<string, Rules>;

/** The names of the roles that are always there. */
export type BuiltInRole = keyof typeof rules;

/** A role, with what it grants. */
export interface Role {
  readonly name: string;
  readonly summary: string;
  readonly grants: Grants;
}

function expand(name: string, { summary, hetzner, daemon }: Rules): Role {
  const pairs = [
    ...hetznerPermissions.map(permission => {
      const { resource, verb } = split(permission);
      // What Hetzner offers is the same for everybody.
      return [permission, resource === 'catalog' ? 'all' : (hetzner[verb] ?? hetzner['*'])] as const;
    }),
    ...daemonPermissions.map(permission => {
      const { verb } = split(permission);
      return [permission, daemon[permission] ?? daemon[`*:${verb}`] ?? daemon['*']] as const;
    }),
  ];
  return { name, summary, grants: sealed(pairs) };
}

/** Grants in which nothing is found that nobody put there, such as what every object inherits. */
function sealed(pairs: Iterable<readonly [string, Grant | undefined]>): Grants {
  const result: Record<string, Grant> = Object.create(null);
  for (const [permission, grant = 'none'] of pairs) if (grant !== 'none') result[permission] = grant;
  return Object.freeze(result);
}

/** The roles that are always there. */
export const roles: readonly Role[] = Object.entries(rules).map(([name, rule]) => expand(name, rule));

const byName: ReadonlyMap<string, Role> = new Map(roles.map(role => [role.name, role]));
const nothing = sealed([]);

/** What a role grants; a role that there is not grants nothing. Custom roles never stand for one that is always there. */
export function grantsOf(role: string, custom?: ReadonlyMap<string, Grants>): Grants {
  return byName.get(role)?.grants ?? custom?.get(role) ?? nothing;
}

const rank: ReadonlyMap<Grant, number> = new Map(grantOrder.map((grant, index) => [grant, index]));

/** What both allow: the weaker grant of each permission. A list of permissions allows all of each. */
export function narrow(grants: Grants, limit: Grants | readonly string[]): Grants {
  const limits = new Map(isList(limit) ? limit.map(permission => [permission, 'all'] as const) : Object.entries(limit));
  const weaker = (one: Grant, other: Grant = 'none') => (rank.get(one)! < rank.get(other)! ? one : other);
  return sealed(
    Object.entries(grants).map(([permission, grant]) => [permission, weaker(grant, limits.get(permission))]),
  );
}

/** The grants of a custom role; throws `usage` naming the permission or the grant that there is not. */
export function checkGrants(input: unknown): Grants {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Failure('usage', 'grants are a map of permissions', { hint: 'Such as {"servers:read": "own"}' });
  }
  const entries = Object.entries(input);
  for (const [permission, grant] of entries) {
    const possible = grantsFor(permission);
    if (possible.length === 0) {
      const near = nearest(permission, [...hetznerPermissions, ...daemonPermissions]);
      throw new Failure('usage', `there is no permission '${permission}'`, {
        hint: near ? `Did you mean ${near}?` : 'They are listed by: cloudctl role describe admin',
      });
    }
    if (!possible.includes(grant)) {
      throw new Failure('usage', `${permission}: '${String(grant)}' is not a grant`, {
        hint: `It takes one of ${possible.join(', ')}`,
      });
    }
  }
  return sealed(entries);
}

function isList(limit: Grants | readonly string[]): limit is readonly string[] {
  return Array.isArray(limit);
}
