import type { Group } from './command.ts';

/** A group before it is loaded: what the list of commands shows. */
export interface GroupEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly section: Section;
  readonly load: () => Promise<Group>;
}

export type Section =
  | 'Resources'
  | 'Through the daemon'
  | 'What happens and what it costs'
  | 'Sign in'
  | 'Set up'
  | 'Try out';

function entry(
  section: Section,
  name: string,
  summary: string,
  load: () => Promise<{ readonly group: Group } | { readonly groups: Readonly<Record<string, Group>> }>,
  aliases: readonly string[] = [`${name}s`],
): GroupEntry {
  const open = async () => {
    const loaded = await load();
    return 'group' in loaded ? loaded.group : loaded.groups[name]!;
  };
  return { name, aliases, summary, section, load: open };
}

const [resources, daemon, watch, signIn, setUp, tryOut]: readonly [
  Section,
  Section,
  Section,
  Section,
  Section,
  Section,
] = ['Resources', 'Through the daemon', 'What happens and what it costs', 'Sign in', 'Set up', 'Try out'];

/** Every group, in the order of help. */
export const groups: readonly GroupEntry[] = [
  entry(
    resources,
    'server',
    'Servers: create, power, resize, rebuild, ssh, metrics',
    () => import('./server/index.ts'),
  ),
  entry(resources, 'volume', 'Volumes: disks that are attached to servers', () => import('./volume.ts')),
  entry(resources, 'ssh-key', 'SSH keys that are put into new servers', () => import('./ssh-key.ts'), [
    'ssh-keys',
    'key',
    'keys',
  ]),
  entry(
    resources,
    'snapshot',
    'Snapshots: images of servers, to keep and to restore',
    () => import('./snapshot/index.ts'),
  ),
  entry(resources, 'image', 'Images: systems, apps, snapshots and backups', () => import('./image.ts')),
  entry(
    resources,
    'server-type',
    'Server types with their prices and where they are in stock',
    () => import('./catalogue.ts'),
  ),
  entry(resources, 'location', 'Locations', () => import('./catalogue.ts')),
  entry(resources, 'iso', 'ISO images that can be attached to servers', () => import('./catalogue.ts')),
  entry(
    resources,
    'datacenter',
    'Datacenters, which the API has removed: answered from locations',
    () => import('./catalogue.ts'),
  ),
  entry(resources, 'all', 'Everything in the project', () => import('./all.ts'), []),
  entry(
    daemon,
    'schedule',
    'Schedules: which servers are backed up, when, and what is kept',
    () => import('./schedule/index.ts'),
  ),
  entry(
    daemon,
    'backup',
    'Backups: what schedules have made, to keep, to check and to restore',
    () => import('./backup.ts'),
  ),
  entry(daemon, 'alert', 'Alerts: what is wrong, to acknowledge and to silence', () => import('./alert/index.ts')),
  entry(daemon, 'silence', 'Silences: alerts of which nothing is told for a while', () => import('./alert/index.ts')),
  entry(daemon, 'route', 'Routes: who is told of which alerts, and when', () => import('./alert/index.ts')),
  entry(daemon, 'inbox', 'The inbox: messages for whoever looks', () => import('./alert/index.ts'), []),
  entry(
    daemon,
    'channel',
    'Channels: ways to tell someone, such as mail, webhooks and chats',
    () => import('./channel.ts'),
  ),
  entry(
    daemon,
    'delivery',
    'Deliveries: messages that wait or were given up, to send again',
    () => import('./channel.ts'),
  ),
  entry(daemon, 'check', 'Checks: what the daemon watches, and how it is', () => import('./check/index.ts')),
  entry(
    daemon,
    'maintenance',
    'Maintenances: when checks are worked on, and alert nobody',
    () => import('./maintenance.ts'),
  ),
  entry(daemon, 'uptime', 'How long each check was up in a month', () => import('./uptime.ts'), []),
  entry(
    daemon,
    'status-page',
    'A status page of checks, for those outside: static files to be served',
    () => import('./status-page.ts'),
  ),
  entry(
    daemon,
    'events',
    'What happens at the daemon, as it happens: checks, alerts, backups, messages',
    () => import('./events/index.ts'),
    ['event'],
  ),
  entry(daemon, 'owner', 'Owners: whose each resource is, to see and to give away', () => import('./owners.ts')),
  entry(daemon, 'quota', 'Quotas: how much an owner may have, and has', () => import('./owners.ts')),
  entry(daemon, 'approval', 'Approvals: requests that take a second person', () => import('./owners.ts')),
  entry(daemon, 'job', 'Jobs: what the daemon has to do, does and has done', () => import('./job.ts')),
  entry(
    daemon,
    'project',
    'Projects of Hetzner that the daemon stands before, and their requests',
    () => import('./project.ts'),
  ),
  entry(
    daemon,
    'audit',
    'The audit log: who did what to what, and what came of it',
    () => import('./audit/index.ts'),
    [],
  ),
  entry(daemon, 'user', 'Users: the people who may use the daemon', () => import('./people/index.ts')),
  entry(daemon, 'role', 'Roles: what those may who have them', () => import('./people/index.ts')),
  entry(daemon, 'permit', 'Permits: what one user may do with one resource', () => import('./people/index.ts')),
  entry(daemon, 'token', 'Tokens: what scripts and other programs come in with', () => import('./people/index.ts')),
  entry(daemon, 'session', 'Sessions: who is signed in with a password', () => import('./people/index.ts')),
  entry(
    daemon,
    'gateway',
    'Come in by the daemon with hcloud, Terraform and others',
    () => import('./people/index.ts'),
    [],
  ),
  entry(watch, 'monitor', 'Watch the servers: what they do, live', () => import('./monitor/index.ts'), ['top']),
  entry(watch, 'action', 'Actions: what Hetzner is doing, or has done, to a resource', () => import('./action.ts')),
  entry(watch, 'activity', 'What happened in the project, newest first', () => import('./activity.ts'), []),
  entry(watch, 'cost', 'What the project costs, and what idles and still costs', () => import('./cost.ts'), ['costs']),
  entry(watch, 'pricing', "Hetzner's prices", () => import('./pricing.ts'), ['prices']),
  entry(
    signIn,
    'login',
    'Sign in with a browser, here or on another machine, or with a password',
    () => import('./auth.ts'),
    [],
  ),
  entry(signIn, 'logout', 'Sign out: end the session and forget it here', () => import('./auth.ts'), []),
  entry(signIn, 'whoami', 'Show who you are signed in as', () => import('./auth.ts'), []),
  entry(signIn, 'auth', 'Accounts: status, tokens for other tools, switching', () => import('./auth.ts'), []),
  entry(setUp, 'context', 'Contexts: an endpoint and a credential under a name', () => import('./context.ts')),
  entry(setUp, 'config', 'Settings', () => import('./config.ts'), []),
  entry(setUp, 'daemon', 'The daemon: start, stop, check, install as a service', () => import('./daemon.ts'), []),
  entry(setUp, 'completion', 'Completion for bash, zsh and fish', () => import('./completion.ts'), []),
  entry(setUp, 'version', 'The version', () => import('./version.ts'), []),
  entry(tryOut, 'api', 'One raw call of the API', () => import('./api.ts'), []),
  entry(
    tryOut,
    'sandbox',
    'A stand-in for Hetzner on this machine, to try things out',
    () => import('./sandbox.ts'),
    [],
  ),
];
