import type { Sandbox } from '../../src/sandbox/index.ts';
import type { FakeClock } from '../helpers/clock.ts';

/** Names that hcloud's manual lines use, and the ids that they have in this sandbox. */
export type Ids = Readonly<Record<string, number>>;

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZpeHR1cmVmaXh0dXJlZml4dHVyZWZpeHR1cmVmaXg= fixture';

/** Fills a sandbox with one of everything that a line may name. */
export async function furnish(sandbox: Sandbox, clock: FakeClock): Promise<Ids> {
  const ids: Record<string, number> = {};
  const post = async (path: string, body: object = {}) => {
    const answer = await fetch(`${sandbox.url}/${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${sandbox.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path}: ${text}`);
    // What was started has ended before the next thing is asked for.
    await clock.advance(60_000);
    return JSON.parse(text);
  };
  const make = async (name: string, path: string, item: string, body: object) => {
    ids[name] = (await post(path, { name, ...body }))[item].id;
  };
  await make('key', 'ssh_keys', 'ssh_key', { public_key: key });
  const network = {
    ip_range: '10.0.0.0/16',
    subnets: [{ type: 'cloud', ip_range: '10.0.0.0/24', network_zone: 'eu-central' }],
  };
  await make('net', 'networks', 'network', network);
  await make('net2', 'networks', 'network', {
    ...network,
    ip_range: '10.1.0.0/16',
    subnets: [{ ...network.subnets[0], ip_range: '10.1.0.0/24' }],
  });
  await make('fw', 'firewalls', 'firewall', {});
  await make('pg', 'placement_groups', 'placement_group', { type: 'spread' });
  await make('ip4', 'primary_ips', 'primary_ip', { type: 'ipv4', assignee_type: 'server', location: 'fsn1' });
  await make('ip6', 'primary_ips', 'primary_ip', { type: 'ipv6', assignee_type: 'server', location: 'fsn1' });
  const server = { server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
  await make('on', 'servers', 'server', { ...server, networks: [ids.net], labels: { env: 'prod' } });
  await make('off', 'servers', 'server', { ...server, start_after_create: false });
  await make('grouped', 'servers', 'server', { ...server, placement_group: ids.pg });
  await make('backed', 'servers', 'server', server);
  await post(`servers/${ids.backed}/actions/enable_backup`);
  await post(`servers/${ids.backed}/actions/enable_rescue`, { type: 'linux64' });
  await post(`servers/${ids.backed}/actions/change_protection`, { delete: true, rebuild: true });
  await post(`servers/${ids.backed}/actions/attach_iso`, { iso: 'debian-13.1.0-amd64-netinst.iso' });
  await make('vol', 'volumes', 'volume', { size: 10, location: 'fsn1', labels: { env: 'prod' } });
  await make('held', 'volumes', 'volume', { size: 10, server: ids.on });
  ids.snap = (
    await post(`servers/${ids.on}/actions/create_image`, {
      type: 'snapshot',
      description: 'snap',
      labels: { env: 'prod' },
    })
  ).image.id;
  ids.backup = (await post(`servers/${ids.backed}/actions/create_image`, { type: 'backup' })).image.id;
  return ids;
}
