import type { Api } from '../api.ts';
import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import { type Item, type Outcome, verb } from '../resource.ts';
import { act, call } from '../verbs.ts';
import { readUserData } from './user-data.ts';

/** What goes with a server, and what stays and costs. */
export function losses(item: Item): string[] {
  const lost = [`the disk of ${item.name}`];
  if (item.backup_window) lost.push(backupLoss(item));
  if (item.volumes?.length > 0) lost.push(`kept, and still costing: ${item.volumes.length} volumes of ${item.name}`);
  if (item.public_net?.floating_ips?.length > 0) {
    lost.push(`kept, and still costing: ${item.public_net.floating_ips.length} floating IPs of ${item.name}`);
  }
  return lost;
}

/** All backups of a server go at once; how to keep one. */
export function backupLoss({ name }: Item): string {
  return `all backups of ${name}; one is kept by making it a snapshot first: cloudctl image update <backup> --type snapshot`;
}

/** Changes the type of a server that is off; with `upgradeDisk` there is no way back to a smaller disk. */
export function changeType(api: Api, id: number, type: string, upgradeDisk: boolean): Promise<Outcome> {
  return call(api, 'POST', `servers/${id}/actions/change_type`, { server_type: type, upgrade_disk: upgradeDisk });
}

/** Sets the alias IPs of a server in a network: those given, or none with `clear`. */
export async function changeAliasIps(
  api: Api,
  id: number,
  input: { readonly network: string; readonly 'alias-ips'?: string[]; readonly clear?: boolean },
): Promise<Outcome> {
  const given = input['alias-ips'];
  if (Boolean(given) === Boolean(input.clear)) throw new Failure('usage', 'give --alias-ips or --clear');
  return call(api, 'POST', `servers/${id}/actions/change_alias_ips`, {
    network: input.network,
    alias_ips: given ?? [],
  });
}

/** `rebuild`: the disk is written anew from an image. */
export const rebuild = verb({
  kind: 'change',
  summary: 'Write the disk of a server anew from an image; what is on it is lost',
  fields: {
    image: field('text', 'Image, by name or id', { required: true, refers: { resource: 'image', as: 'name' } }),
    'user-data-from-file': field('repeat', 'Read cloud-init user data from a file, - for standard input', {
      placeholder: 'file',
    }),
    'allow-deprecated-image': field('boolean', 'Take an image that is deprecated'),
  },
  examples: ['web-1 --image debian-13'],
  loses: item => [`everything on the disk of ${item.name}`],
  run: async ({ api, resource, item, input, readFile }) => {
    const files = input['user-data-from-file'];
    const image = await resolveImage(
      api,
      input.image,
      item.server_type?.architecture,
      input['allow-deprecated-image'] ?? false,
    );
    const userData = files ? { user_data: await readUserData(files, readFile) } : {};
    return act(api, resource, item, 'rebuild', { image, ...userData });
  },
});

/** What the API takes for an image: the id of the one with that name for the architecture, or the id itself. Deprecated ones are `refused` unless allowed. */
export async function resolveImage(
  api: Api,
  ref: string,
  architecture: string | undefined,
  allowDeprecated: boolean,
): Promise<string> {
  const { findImage } = await import('./image-find.ts');
  const image = await findImage(api, ref, architecture);
  const since = image.deprecation?.announced ?? image.deprecated;
  if (since && !allowDeprecated) {
    throw new Failure('refused', `image ${ref} is deprecated since ${since}`, {
      hint: 'Add --allow-deprecated-image to use it all the same',
    });
  }
  return String(image.id);
}

/** `set-rdns`: the name that an address is looked up as. */
export const setRdns = verb({
  kind: 'change',
  summary: 'Set the reverse DNS name of an address of a server',
  fields: {
    ip: field('ip', 'Address; the primary IPv4 (or IPv6) where absent', { short: 'i' }),
    hostname: field('text', 'Name', { short: 'r' }),
    reset: field('boolean', 'Back to the name that Hetzner gave'),
  },
  examples: ['web-1 --hostname web-1.example.com'],
  run: async ({ api, resource, item, input }) => {
    if ((input.hostname === undefined) === !input.reset) throw new Failure('usage', 'give --hostname or --reset');
    const address = input.ip ?? item.public_net?.ipv4?.ip ?? firstAddress(item.public_net?.ipv6?.ip);
    if (!address)
      throw new Failure('usage', `server ${item.name} has no public address`, { hint: 'Give one with --ip' });
    return act(api, resource, item, 'change_dns_ptr', { ip: address, dns_ptr: input.hostname ?? null });
  },
});

/** The address of a server in its IPv6 network: `2001:db8::1` for `2001:db8::/64`. */
export function firstAddress(network: string | undefined): string | undefined {
  return network?.replace(/\/\d+$/, '').replace(/::$/, '::1');
}
