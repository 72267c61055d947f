/** The permissions of the gateway, by what they are about. */
const grid: Record<string, string> = {
  actions: 'read',
  catalog: 'read',
  certificates: 'create delete read update',
  firewalls: 'attach create delete read update',
  floating_ips: 'attach create delete protect rdns read update',
  images: 'create delete protect read update',
  load_balancers: 'create delete metrics protect rdns read resize update',
  networks: 'create delete protect read update',
  placement_groups: 'create delete read update',
  primary_ips: 'attach create delete protect rdns read update',
  servers: 'backup create delete metrics network power protect rdns read resize takeover update',
  ssh_keys: 'create delete read update',
  storage_boxes: 'create delete protect read resize rollback takeover update',
  volumes: 'attach create delete protect read resize update',
  zones: 'create delete protect read records update',
  tokens: 'self manage',
  users: 'read manage',
  roles: 'manage',
  ownership: 'transfer',
  quotas: 'read manage',
  audit: 'read export',
  gateway: 'config metrics',
  webhooks: 'manage',
  upstream_projects: 'manage',
};

const ruling = /^(tokens|users|roles|quotas|upstream_projects):manage$|^(ownership:transfer|gateway:config)$/;
const looking = /:(read|metrics)$/;

/** Which permissions each role has; what is granted for single resources only is not among them. */
const holders: Record<string, (permission: string) => boolean> = {
  admin: () => true,
  operator: name => !ruling.test(name) && !/^audit:export$|:(protect|takeover)$/.test(name),
  client: name => !ruling.test(name) && !/^(users:read|audit:export|gateway:metrics)$/.test(name),
  viewer: name => looking.test(name) && !/^(users|audit):/.test(name),
  auditor: name => looking.test(name) || name === 'audit:export',
};

/** The slugs of the roles, the mightiest first. */
export const roleSlugs = Object.keys(holders);

/** The permission slugs of a role; none for an unknown one. */
export function permissionsOf(slug: string): string[] {
  const all = Object.entries(grid).flatMap(([about, verbs]) => verbs.split(' ').map(verb => `${about}:${verb}`));
  return Object.hasOwn(holders, slug) ? all.filter(holders[slug]!) : [];
}
