import { createHash } from 'node:crypto';
import type { SshKey } from '../../core/hetzner/types.ts';
import { type Collection, find, named, readRoutes, reply, requireRoom, requireUnique, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { byProperty } from '../list.ts';
import { taken } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { nextId, stamp } from '../state.ts';

/** SSH keys as a resource. */
export const sshKeys: Collection<SshKey> = {
  many: 'ssh_keys',
  one: 'ssh_key',
  rows: state => state.ssh_keys,
  view: (_state, row) => row,
  list: named(['id', 'name'], { fingerprint: byProperty('fingerprint') }),
};

/** Everything under /ssh_keys. */
export const sshKeyRoutes: readonly Route[] = [
  ...readRoutes(sshKeys),
  route('POST', '/ssh_keys', createKey),
  route('PUT', '/ssh_keys/{id}', updateKey),
  route('DELETE', '/ssh_keys/{id}', ({ state, id }) => {
    state.ssh_keys.delete(find(sshKeys, state, id).id);
    return { status: 204 };
  }),
];

/** The MD5 of the blob of an OpenSSH public key in colon notation, or undefined if it is not one. */
export function fingerprint(publicKey: string): string | undefined {
  const [, type, base64] = /^([a-z0-9@.-]+) +([A-Za-z0-9+/]+={0,2})( .*)?$/.exec(publicKey.trim()) ?? [];
  if (!type || !base64) return undefined;
  const blob = Buffer.from(base64, 'base64');
  // The blob begins with its own type: a length in four bytes, then the name.
  if (blob.length < 4 + type.length || blob.readUInt32BE(0) !== type.length) return undefined;
  if (blob.toString('latin1', 4, 4 + type.length) !== type) return undefined;
  return createHash('md5').update(blob).digest('hex').match(/../g)!.join(':');
}

function createKey({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true, max: 255 });
  const publicKey = input.text('public_key', { required: true });
  const print = fingerprint(publicKey);
  if (publicKey !== '' && !print) input.complain('public_key', 'is not a valid OpenSSH public key');
  const labels = input.labels() ?? {};
  input.done();
  requireUnique('ssh_key', state.ssh_keys.values(), name);
  for (const other of state.ssh_keys.values()) {
    if (other.fingerprint === print) throw taken('ssh_key', 'public_key');
  }
  requireRoom(state, 'ssh_keys', state.ssh_keys.size);
  const key: SshKey = {
    id: nextId(state),
    name,
    fingerprint: print!,
    public_key: publicKey.trim(),
    labels,
    created: stamp(state.now),
  };
  state.ssh_keys.set(key.id, key);
  return reply(201, { ssh_key: key });
}

function updateKey({ state, id, body }: Call): Reply {
  const key = find(sshKeys, state, id);
  const input = readInput(body);
  const name = input.text('name', { max: 255 });
  const labels = input.labels();
  input.done();
  if (name) {
    requireUnique('ssh_key', state.ssh_keys.values(), name, id);
    key.name = name;
  }
  if (labels) key.labels = labels;
  return reply(200, { ssh_key: key });
}
