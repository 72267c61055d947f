/** Where an item names another resource: by the value itself, or by a key of the object that stands there. */
export interface Mention {
  /** Keys parted by dots, `[]` after one for each of its elements. */
  readonly at: string;
  readonly type: string;
  readonly id?: string;
}

const target: readonly Mention[] = [
  { at: 'targets[].server', id: 'id', type: 'servers' },
  { at: 'targets[].targets[].server', id: 'id', type: 'servers' },
];

const image: readonly Mention[] = [
  { at: 'created_from', id: 'id', type: 'servers' },
  { at: 'bound_to', type: 'servers' },
];

/** The resources that are named within those of each collection, as Hetzner answers. */
export const mentions: Readonly<Record<string, readonly Mention[]>> = {
  servers: [
    { at: 'public_net.firewalls[]', id: 'id', type: 'firewalls' },
    { at: 'public_net.floating_ips[]', type: 'floating_ips' },
    { at: 'private_net[]', id: 'network', type: 'networks' },
    { at: 'volumes[]', type: 'volumes' },
    { at: 'load_balancers[]', type: 'load_balancers' },
    { at: 'placement_group.servers[]', type: 'servers' },
    { at: 'placement_group', id: 'id', type: 'placement_groups' },
    ...image.map(one => ({ ...one, at: `image.${one.at}` })),
  ],
  images: image,
  volumes: [{ at: 'server', type: 'servers' }],
  networks: [
    { at: 'servers[]', type: 'servers' },
    { at: 'load_balancers[]', type: 'load_balancers' },
  ],
  firewalls: [
    { at: 'applied_to[].applied_to_resources[]', id: 'server.id', type: 'servers' },
    { at: 'applied_to[]', id: 'server.id', type: 'servers' },
  ],
  load_balancers: [
    { at: 'private_net[]', id: 'network', type: 'networks' },
    { at: 'services[].http.certificates[]', type: 'certificates' },
    ...target,
  ],
  placement_groups: [{ at: 'servers[]', type: 'servers' }],
  primary_ips: [{ at: 'assignee_id', type: 'servers' }],
  floating_ips: [{ at: 'server', type: 'servers' }],
  certificates: [{ at: 'used_by[]', id: 'id', type: 'load_balancers' }],
};

/** What actions name, by the type that Hetzner gives. */
export const actionTypes: Readonly<Record<string, string>> = {
  server: 'servers',
  volume: 'volumes',
  image: 'images',
  network: 'networks',
  firewall: 'firewalls',
  load_balancer: 'load_balancers',
  placement_group: 'placement_groups',
  primary_ip: 'primary_ips',
  floating_ip: 'floating_ips',
  certificate: 'certificates',
  zone: 'zones',
  storage_box: 'storage_boxes',
};
