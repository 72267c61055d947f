import type { Grants } from '../../../core/access/operation.ts';
import { daemonPermissions, hetznerPermissions } from '../../../core/access/permissions.ts';
import type { Principal } from '../../../core/access/principal.ts';
import { narrow } from '../../../core/access/roles.ts';
import { Failure } from '../../../core/failure.ts';

/** The permissions that a pattern means: `servers:power` itself, `servers:*`, `*:read`, or all for `*`. */
export function permissionsOf(pattern: string): string[] {
  const [resource, verb] = pattern === '*' ? ['*', '*'] : pattern.split(':');
  return [...hetznerPermissions, ...daemonPermissions].filter(name => {
    const [own, done] = name.split(':');
    return (resource === '*' || resource === own) && (verb === '*' || verb === done);
  });
}

/** Of grants those that patterns of permissions mean. */
export function narrowTo(grants: Grants, patterns: readonly string[]): Grants {
  return narrow(grants, patterns.flatMap(permissionsOf));
}

/** Throws `usage` for a pattern that means nothing. */
export function requireMeaning(patterns: readonly string[]): void {
  const wrong = patterns.find(pattern => permissionsOf(pattern).length === 0);
  if (wrong === undefined) return;
  throw new Failure('usage', `there is no permission '${wrong.slice(0, 100)}'`, {
    hint: 'Such as servers:read, servers:* or *:read; all of them: cloudctl role describe admin',
  });
}

/** Throws `forbidden` when these grants are more than the giver has: nobody gives away what they do not have. */
export function requireWithin(grants: Grants, giver: Principal, what: string): void {
  const within = narrow(grants, giver.grants);
  const more = Object.keys(grants).find(name => grants[name] !== 'none' && within[name] !== grants[name]);
  if (more === undefined) return;
  throw new Failure('forbidden', `${what} would have ${more} as '${grants[more]}', which you have not yourself`);
}
