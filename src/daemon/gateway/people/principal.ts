import type { Grants } from '../../../core/access/operation.ts';
import type { Principal } from '../../../core/access/principal.ts';
import { grantsOf, narrow } from '../../../core/access/roles.ts';
import type { TokenRow, UserRow } from '../../../core/store/tables.ts';
import { configuredId } from '../upstream/projects.ts';
import { narrowTo } from './limits.ts';

export type User = Omit<UserRow, 'id'> & { readonly id: number };
export type Token = Omit<TokenRow, 'id'> & { readonly id: number };

/** A token with what counts of its user, null for one of no user, and what the roles that were made here grant. */
export interface Found extends Token {
  readonly email: string | null;
  readonly team: string | null;
  readonly state: UserRow['state'] | null;
  readonly home: number | null;
  readonly own_role: string | null;
  /** Grants as JSON where that role was made here. */
  readonly own_grants: string | null;
  readonly most_grants: string | null;
  readonly permits: number | null;
}

/** Whoever administers the host: nobody of the store. */
export function hostAdmin(name: string): Principal {
  return { name, role: 'admin', grants: grantsOf('admin'), owner: 'admin', owners: ['admin'] };
}

/** Somebody who came in by WorkOS; `grants` are those of the role. */
export function principalOfUser(user: User, grants: Grants, actor?: string): Principal {
  const { id, email, project_id } = user;
  const name = actor === undefined ? email : `${email} (by ${actor.slice(0, 60)})`;
  const projects = seesProjects(grants) ? undefined : [project_id ?? configuredId];
  return { name, user: id, role: roleOf(user), grants, ...ownersOf(user), home: project_id ?? undefined, projects };
}

/** Whoever comes with a token: what its user may at this moment, and of that what the token may at most. */
export function principalOfToken(found: Found): Principal {
  const { id, user_id, own_role, role, team, home, selector, project_id } = found;
  const { grants, projects } = reachOfToken(found);
  const own = project_id === null || project_id === (home ?? configuredId) ? [home ?? configuredId] : [];
  return {
    name: nameOfToken(found),
    user: user_id ?? undefined,
    token: id,
    role: role ?? own_role ?? 'admin',
    grants,
    ...(user_id === null ? { owner: 'admin', owners: ['admin'] } : ownersOf({ id: user_id, team })),
    selector: selector ?? undefined,
    project: project_id ?? undefined,
    home: home ?? undefined,
    permits: Number(found.permits),
    projects: projects === 'own' ? own : project_id === null ? undefined : [project_id],
  };
}

/** As the audit log has it: a session is its user. */
export function nameOfToken({ kind, name, email, issuer }: Pick<Found, 'kind' | 'name' | 'email' | 'issuer'>): string {
  const whose = email ?? issuer;
  return kind === 'session' ? whose : `token ${name} (${whose})`;
}

/** The role that a user has: what WorkOS says goes before. */
export function roleOf({ role, workos_role }: Pick<UserRow, 'role' | 'workos_role'>): string {
  return workos_role ?? role;
}

/** Whose what a user makes will be, and whose counts as the user's own. */
function ownersOf({ id, team }: Pick<User, 'id' | 'team'>): Pick<Principal, 'owner' | 'owners'> {
  const own = `user-${id}`;
  return team === null ? { owner: own, owners: [own] } : { owner: `team-${team}`, owners: [`team-${team}`, own] };
}

/** What a token may, and in which projects. */
interface Reach {
  readonly grants: Grants;
  readonly projects: 'all' | 'own';
}

/** Those worked out last: the same few come again with every request. */
const known = new Map<string, Reach>();
const most = 1000;

function reachOfToken({ own_role, own_grants, role, most_grants, permissions, project_id }: Found): Reach {
  const isBound = project_id !== null;
  const key = JSON.stringify([own_role, own_grants, role, most_grants, permissions, isBound]);
  const before = known.get(key);
  if (before) return before;
  const own = grantsBy(own_role ?? 'admin', own_grants);
  const bounded = role === null ? own : narrow(own, grantsBy(role, most_grants));
  const grants = permissions === null ? bounded : narrowTo(bounded, JSON.parse(permissions) as string[]);
  // One that was made for a project needs no more than that its user may go there.
  const reach = { grants, projects: seesProjects(isBound ? own : bounded) ? ('all' as const) : ('own' as const) };
  if (known.size >= most) known.clear();
  known.set(key, reach);
  return reach;
}

/** Whether a role may go into every project; others have one, and what permits name. */
function seesProjects(grants: Grants): boolean {
  return grants['project:read'] === 'all';
}

/** What a role grants; `made` is the JSON of one that was made here. */
export function grantsBy(role: string, made: string | null): Grants {
  return grantsOf(role, made === null ? undefined : new Map([[role, JSON.parse(made) as Grants]]));
}
