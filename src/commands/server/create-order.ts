import { Failure } from '../../core/failure.ts';
import { serverNames } from '../../core/server-create/names.ts';
import type { Order } from '../../core/server-create/order.ts';
import type { CreateInput } from './create.ts';

const required = ['name', 'type', 'image'] as const;

/** The flags that must be given and are not. */
export function missingFlags(input: CreateInput): string[] {
  return required.filter(name => !input[name]?.length);
}

/** Throws `usage` naming all flags that are missing. */
export function requireFlags(input: CreateInput): void {
  const missing = missingFlags(input).map(name => `--${name}`);
  if (missing.length === 0) return;
  const last = missing.pop();
  throw new Failure('usage', `missing ${missing.length > 0 ? `${missing.join(', ')} and ` : ''}${last}`, {
    hint: 'cloudctl server create --name web-1 --type cx23 --image debian-13',
  });
}

/** Throws `usage` for flags that exclude each other and for what Hetzner would refuse after half of the work. */
export function checkFlags(input: CreateInput): void {
  if (input.datacenter !== undefined) {
    const location = input.datacenter.replace(/-dc\d+$/, '');
    throw new Failure('usage', '--datacenter is gone from the API', { hint: `Use --location ${location}` });
  }
  for (const version of ['ipv4', 'ipv6'] as const) {
    if (!input[`without-${version}`] || input[`primary-${version}`] === undefined) continue;
    throw new Failure('usage', `--without-${version} and --primary-${version} exclude each other`);
  }
  const levels = new Set(input['enable-protection']);
  if (levels.size === 1) {
    throw new Failure('usage', '--enable-protection: Hetzner protects against delete and rebuild only together', {
      hint: 'Give --enable-protection delete,rebuild',
    });
  }
  if (userDataFiles(input).filter(path => path === '-').length > 1) {
    throw new Failure('usage', '--user-data: standard input can be read only once');
  }
  if ((input.count ?? 1) > 1) requireSharable(input);
}

/** The files of user data, in the order of their flags. */
export function userDataFiles(input: CreateInput): string[] {
  return [...(input['user-data-from-file'] ?? []), ...(input['user-data'] ?? [])];
}

/** What the flags ask for; `requireFlags` and `checkFlags` have passed. Throws `usage` for a name that is none. */
export function orderOf(input: CreateInput, defaultSshKeys: readonly string[], userData: string | undefined): Order {
  return {
    names: serverNames(input.name!, input.count),
    types: input.type!,
    image: input.image!,
    allowDeprecatedImage: input['allow-deprecated-image'],
    locations: input.location ?? [],
    sshKeys: input['ssh-key'] ?? defaultSshKeys,
    firewalls: input.firewall ?? [],
    networks: input.network ?? [],
    volumes: input.volume ?? [],
    placementGroup: input['placement-group'],
    ipv4: input['primary-ipv4'] ?? !input['without-ipv4'],
    ipv6: input['primary-ipv6'] ?? !input['without-ipv6'],
    labels: input.label ?? {},
    automount: input.automount,
    start: input['start-after-create'],
    backup: input['enable-backup'],
    protect: Boolean(input['enable-protection']?.length),
    userData,
    ensure: input.ensure,
  };
}

/** What belongs to one server cannot be given to several. */
function requireSharable(input: CreateInput): void {
  for (const name of ['volume', 'primary-ipv4', 'primary-ipv6'] as const) {
    if (!input[name]?.length) continue;
    throw new Failure('usage', `--${name} is for one server, and --count asks for ${input.count}`);
  }
}
