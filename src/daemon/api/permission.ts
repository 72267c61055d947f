import type { Grant } from '../../core/access/operation.ts';
import { grantsFor } from '../../core/access/permissions.ts';
import type { Principal } from '../../core/access/principal.ts';
import { Failure } from '../../core/failure.ts';

/** Throws `forbidden`, with a sentence that names permission and role, unless the caller may. Where things are somebody's, `own` is enough: who does it keeps to what is the caller's. */
export function requirePermission(caller: Principal, permission: string): void {
  const { role, grants, selector, project } = caller;
  // What the daemon keeps has no such labels and is of all projects: whoever is bound to some has no part in it.
  if (selector !== undefined || project !== undefined) {
    throw refuse(`this token is for ${selector === undefined ? 'one project' : 'some labels'} at Hetzner only`);
  }
  const grant: Grant = grants[permission] ?? 'none';
  if (grant === 'all' || (grant === 'own' && grantsFor(permission).includes('own'))) return;
  const isNarrowed = caller.token !== undefined && caller.user !== undefined;
  const who = isNarrowed ? `the role ${role}, or this token,` : `the role ${role}`;
  if (grant === 'none') throw refuse(`this takes the permission ${permission}, which ${who} does not have`);
  throw refuse(`this takes the permission ${permission} for everything, which ${who} has as '${grant}' only`);
}

function refuse(message: string): Failure {
  return new Failure('forbidden', message, { hint: 'Ask an administrator of the daemon' });
}
