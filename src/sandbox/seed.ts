import { createHash } from 'node:crypto';
import { makePrimaryIp } from './resources/primary-ips.ts';
import { nextId, type ServerRow, type State, stamp } from './state.ts';

/** What exists to begin with, or a function that puts it there. */
export type Seed =
  | { servers?: number; volumes?: number; ssh_keys?: number; snapshots?: number }
  | ((state: State) => void);

const types = ['cx23', 'cx33', 'cpx22', 'cax11'];
const places = ['fsn1', 'nbg1', 'hel1'];
const hour = 60 * 60 * 1000;

/** Puts the seed into a state: web-0001 and so on, with labels, addresses and ages; always the same. */
export function sow(state: State, seed: Seed): void {
  if (typeof seed === 'function') {
    seed(state);
    return;
  }
  for (let number = 1; number <= (seed.servers ?? 0); number += 1) sowServer(state, number, seed.servers!);
  for (let number = 1; number <= (seed.ssh_keys ?? 0); number += 1) sowKey(state, number);
  for (let number = 1; number <= (seed.volumes ?? 0); number += 1) sowVolume(state, number);
  for (let number = 1; number <= (seed.snapshots ?? 0); number += 1) sowSnapshot(state, number);
}

function sowServer(state: State, number: number, total: number): void {
  const type = pick([...state.server_types.values()], types[number % types.length]!);
  const location = pick([...state.locations.values()], places[number % places.length]!);
  const image = [...state.images.values()].find(
    image => image.name === 'debian-13' && image.architecture === type.architecture,
  );
  const row: ServerRow = {
    id: nextId(state),
    name: `web-${pad(number)}`,
    status: number % 10 === 0 ? 'off' : 'running',
    created: stamp(state.now - (total - number + 1) * hour),
    server_type: type,
    location,
    backup_window: null,
    labels: { role: 'web', env: number % 4 === 0 ? 'staging' : 'production', index: String(number) },
    protection: { delete: false, rebuild: false },
    primary_disk_size: type.disk,
    image: image?.id ?? null,
    iso: null,
    ipv4: null,
    ipv6: null,
    private_net: [],
    volumes: [],
    placement_group: null,
    user_data: null,
    with_keys: true,
    rescue_until: null,
    power: 0,
  };
  state.servers.set(row.id, row);
  for (const type of ['ipv4', 'ipv6'] as const) {
    const ip = makePrimaryIp(state, { type, location, auto_delete: true });
    ip.assignee_id = row.id;
    row[type] = ip.id;
  }
}

function sowKey(state: State, number: number): void {
  const seed = createHash('sha256').update(`key ${number}`).digest();
  const name = Buffer.from('ssh-ed25519');
  const blob = Buffer.concat([Buffer.from([0, 0, 0, name.length]), name, Buffer.from([0, 0, 0, 32]), seed]);
  const id = nextId(state);
  state.ssh_keys.set(id, {
    id,
    name: `key-${pad(number)}`,
    fingerprint: createHash('md5').update(blob).digest('hex').match(/../g)!.join(':'),
    public_key: `ssh-ed25519 ${blob.toString('base64')} key-${pad(number)}`,
    labels: {},
    created: stamp(state.now - hour),
  });
}

function sowVolume(state: State, number: number): void {
  const id = nextId(state);
  state.volumes.set(id, {
    id,
    name: `data-${pad(number)}`,
    created: stamp(state.now - hour),
    server: null,
    location: pick([...state.locations.values()], places[number % places.length]!),
    size: 10 + (number % 10) * 10,
    linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
    protection: { delete: false },
    labels: { role: 'data' },
    status: 'available',
    format: 'ext4',
  });
}

function sowSnapshot(state: State, number: number): void {
  const source = [...state.images.values()].find(image => image.name === 'debian-13')!;
  const id = nextId(state);
  const server = [...state.servers.values()][number % Math.max(1, state.servers.size)];
  state.images.set(id, {
    ...source,
    id,
    type: 'snapshot',
    name: null,
    description: `snapshot ${number}`,
    image_size: 1.5,
    disk_size: 40,
    created: stamp(state.now - number * hour),
    created_from: server ? { id: server.id, name: server.name } : null,
    rapid_deploy: false,
    protection: { delete: false },
    labels: { made: 'by-seed' },
  });
}

function pick<Row extends { name: string }>(rows: readonly Row[], name: string): Row {
  return rows.find(row => row.name === name)!;
}

function pad(number: number): string {
  return String(number).padStart(4, '0');
}
