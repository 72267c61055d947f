import type { Grant } from './operation.ts';
import { operations } from './operations.ts';

/** What the daemon serves of its own under `/cloudctl/v1`; each is guarded by `<resource>:read` and `<resource>:write`. */
const daemonResources = [
  ...['schedule', 'backup', 'check', 'maintenance', 'uptime', 'sample', 'status-page'],
  ...['alert', 'silence', 'route', 'channel', 'delivery', 'inbox'],
  ...['job', 'audit', 'daemon'],
  ...['user', 'token', 'session', 'role', 'permit', 'project', 'quota', 'owner', 'approval'],
] as const;

/** Those of them that are somebody's, so that `own` says something. */
const owned: ReadonlySet<string> = new Set(['token', 'session', 'permit', 'quota', 'owner', 'approval']);

/** Every permission that guards an operation of Hetzner's: `servers:power`. */
export const hetznerPermissions: readonly string[] = [
  ...new Set(operations.map(({ permission }) => permission)),
].sort();

/** Every permission that guards what the daemon serves of its own: `schedule:write`. */
export const daemonPermissions: readonly string[] = daemonResources.flatMap(name => [`${name}:read`, `${name}:write`]);

const ofHetzner = new Set(hetznerPermissions);
const ofDaemon = new Set(daemonPermissions);
const counted = new Set(operations.filter(({ counts }) => counts).map(({ permission }) => permission));

/** From nothing to everything: each allows all that those before it allow. What is approved reaches more than what is owned, since an owner needs nobody else. */
export const grantOrder = ['none', 'grant', 'quota', 'own', 'approve', 'all'] as const satisfies readonly Grant[];

/** `servers` and `power` of `servers:power`. */
export function split(permission: string): { resource: string; verb: string } {
  const colon = permission.indexOf(':');
  return { resource: permission.slice(0, colon), verb: permission.slice(colon + 1) };
}

/** Whether it lets see things and change nothing. */
export function isReading(permission: string): boolean {
  const { verb } = split(permission);
  return verb === 'read' || verb === 'metrics';
}

/** The grants that say something for a permission, from nothing to everything; none for a permission that there is not. */
export function grantsFor(permission: string): readonly Grant[] {
  if (ofDaemon.has(permission)) {
    return owned.has(split(permission).resource) ? ['none', 'own', 'all'] : ['none', 'all'];
  }
  if (!ofHetzner.has(permission)) return [];
  const { resource, verb } = split(permission);
  if (resource === 'catalog') return ['none', 'all'];
  return grantOrder.filter(grant => {
    if (grant === 'quota') return counted.has(permission);
    // Nobody owns yet what is to be made, and a look is not worth a second person.
    if (grant === 'approve') return verb !== 'create' && !isReading(permission);
    return true;
  });
}

/** The permission that somebody needs for a resource that is named in the body of a request for another one: more than seeing it, since a server on a stranger's network sees what is said there. */
export function permissionToUse(collection: string): string {
  const verb = ['attach', 'update', 'read'].find(verb => ofHetzner.has(`${collection}:${verb}`));
  return `${collection}:${verb}`;
}
