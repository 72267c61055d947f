/** What a resource is called and where it is found: all that another resource needs to refer to it. */
export interface Identity {
  /** Path below the API's base, and key of the rows in a list. */
  readonly path: string;
  /** Key of one item in the API's answers. */
  readonly key: string;
  /** What one is called in a sentence. */
  readonly title: string;
  readonly aliases: readonly string[];
  /** The daemon's own; Hetzner's where absent. */
  readonly of?: 'daemon';
}

const identity = (path: string, title: string, aliases: readonly string[], key = path.slice(0, -1)): Identity => ({
  path,
  key,
  title,
  aliases,
});

const own = (path: string, title: string, aliases: readonly string[], key?: string): Identity => ({
  ...identity(path, title, aliases, key),
  of: 'daemon',
});

/** Every resource there is. */
export const identities = {
  server: identity('servers', 'server', ['servers']),
  volume: identity('volumes', 'volume', ['volumes']),
  'ssh-key': identity('ssh_keys', 'SSH key', ['ssh-keys', 'key', 'keys']),
  snapshot: identity('images', 'snapshot', ['snapshots']),
  image: identity('images', 'image', ['images']),
  location: identity('locations', 'location', ['locations']),
  'server-type': identity('server_types', 'server type', ['server-types']),
  iso: identity('isos', 'ISO', ['isos']),
  datacenter: identity('locations', 'datacenter', ['datacenters']),
  network: identity('networks', 'network', ['networks']),
  firewall: identity('firewalls', 'firewall', ['firewalls']),
  'placement-group': identity('placement_groups', 'placement group', ['placement-groups']),
  'primary-ip': identity('primary_ips', 'primary IP', ['primary-ips']),
  'floating-ip': identity('floating_ips', 'floating IP', ['floating-ips']),
  'load-balancer': identity('load_balancers', 'load balancer', ['load-balancers', 'loadbalancer', 'loadbalancers']),
  certificate: identity('certificates', 'certificate', ['certificates']),
  zone: identity('zones', 'zone', ['zones', 'dns']),
  schedule: own('schedules', 'schedule', ['schedules']),
  backup: own('backups', 'backup', ['backups']),
  alert: own('alerts', 'alert', ['alerts']),
  route: own('routes', 'route', ['routes']),
  silence: own('silences', 'silence', ['silences']),
  inbox: own('inbox_messages', 'message', [], 'inbox_message'),
  channel: own('channels', 'channel', ['channels']),
  delivery: own('deliveries', 'message', ['deliveries'], 'delivery'),
  job: own('jobs', 'job', ['jobs']),
  check: own('checks', 'check', ['checks']),
  maintenance: own('maintenances', 'maintenance', ['maintenances']),
  uptime: own('uptimes', 'uptime', [], 'uptime'),
  user: own('users', 'user', ['users']),
  token: own('tokens', 'token', ['tokens']),
  session: own('sessions', 'session', ['sessions']),
  role: own('roles', 'role', ['roles']),
  permit: own('permits', 'permit', ['permits']),
  project: own('projects', 'project', ['projects']),
  quota: own('quotas', 'quota', ['quotas']),
  approval: own('approvals', 'approval', ['approvals']),
  owner: own('owners', 'owner', ['owners']),
  audit: own('audit_entries', 'audit entry', [], 'audit_entry'),
} as const satisfies Record<string, Identity>;

export type ResourceName = keyof typeof identities;
