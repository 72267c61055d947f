import type { Volume } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction, viewAction } from '../actions.ts';
import {
  actionRoutes,
  type Collection,
  find,
  named,
  readRoutes,
  reply,
  replyAction,
  requireRoom,
  requireUnique,
  route,
} from '../collection.ts';
import { readInput } from '../input.ts';
import { byProperty } from '../list.ts';
import { invalidField, isProtected, refused } from '../problem.ts';
import { protectionRoute } from '../protection.ts';
import type { Call, Reply, Route } from '../route.ts';
import { nextId, type State, stamp } from '../state.ts';
import { lookUpField } from './lookup.ts';
import { freeServer } from './server-deed.ts';
import { attach, takeOff } from './volume-attach.ts';

const smallest = 10;
const largest = 10_240;

/** Volumes as a resource. */
export const volumes: Collection<Volume> = {
  many: 'volumes',
  one: 'volume',
  rows: state => state.volumes,
  view: (_state, row) => row,
  list: named(['id', 'name', 'created'], { status: byProperty('status', ['available', 'creating']) }),
};

/** Everything under /volumes. */
export const volumeRoutes: readonly Route[] = [
  ...actionRoutes(volumes),
  ...readRoutes(volumes),
  route('POST', '/volumes', createVolume),
  route('PUT', '/volumes/{id}', updateVolume),
  route('DELETE', '/volumes/{id}', deleteVolume),
  route('POST', '/volumes/{id}/actions/attach', attachVolume),
  route('POST', '/volumes/{id}/actions/detach', detachVolume),
  route('POST', '/volumes/{id}/actions/resize', resizeVolume),
  protectionRoute(volumes),
];

function createVolume({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true, max: 64 });
  const size = input.integer('size', { required: true, min: smallest, max: largest });
  const format = input.text('format', { oneOf: ['xfs', 'ext4'] });
  const automount = input.flag('automount');
  const labels = input.labels() ?? {};
  const place = lookUpField(input, 'location', state.locations, input.reference('location'));
  const serverId = input.integer('server');
  const server = serverId === undefined ? undefined : state.servers.get(serverId);
  if (serverId !== undefined && !server) input.complain('server', `server with ID '${serverId}' not found`);
  if (input.has('location') === (serverId !== undefined)) {
    input.complain('location', 'exactly one of location and server must be given');
  }
  if (automount && serverId === undefined) input.complain('automount', 'needs a server');
  input.done();
  requireUnique('volume', state.volumes.values(), name);
  requireRoom(state, 'volumes', state.volumes.size);
  if (server) freeServer(state, server.id);

  const id = nextId(state);
  const volume: Volume = {
    id,
    name,
    created: stamp(state.now),
    server: null,
    location: server?.location ?? place!,
    size,
    linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${id}`,
    protection: { delete: false },
    labels,
    status: 'creating',
    format: format ?? null,
  };
  state.volumes.set(id, volume);
  const action = startAction(state, {
    command: 'create_volume',
    resources: [on('volume', id)],
    ms: 1000,
    effect() {
      volume.status = 'available';
    },
  });
  const next = server ? [attach(state, volume, server, action)] : [];
  return reply(201, {
    volume,
    action: viewAction(state, action),
    next_actions: next.map(row => viewAction(state, row)),
  });
}

function updateVolume({ state, id, body }: Call): Reply {
  const volume = find(volumes, state, id);
  const input = readInput(body);
  const name = input.text('name', { max: 64 });
  const labels = input.labels();
  input.done();
  if (name) {
    requireUnique('volume', state.volumes.values(), name, id);
    volume.name = name;
  }
  if (labels) volume.labels = labels;
  return reply(200, { volume });
}

function deleteVolume({ state, id }: Call): Reply {
  const volume = freeVolume(state, id);
  if (volume.protection.delete) throw isProtected('volume', 'deletion');
  if (volume.server !== null) throw refused('resource_in_use', 'volume is still attached to a server');
  state.volumes.delete(id);
  return { status: 204 };
}

function attachVolume({ state, id, body }: Call): Reply {
  const volume = freeVolume(state, id);
  const input = readInput(body);
  const serverId = input.integer('server', { required: true });
  input.flag('automount');
  const server = state.servers.get(serverId);
  if (!server) input.complain('server', `server with ID '${serverId}' not found`);
  input.done();
  if (volume.server !== null) throw refused('volume_already_attached', 'volume is already attached to a server');
  if (volume.location.id !== server!.location.id) {
    throw invalidField('server', 'server and volume are in different locations');
  }
  freeServer(state, serverId);
  return replyAction(state, attach(state, volume, server!));
}

function detachVolume({ state, id }: Call): Reply {
  const volume = freeVolume(state, id);
  if (volume.server === null) throw refused('invalid_input', 'volume is not attached to a server');
  freeServer(state, volume.server);
  const action = startAction(state, {
    command: 'detach_volume',
    resources: [on('server', volume.server), on('volume', id)],
    ms: 1000,
    effect: () => takeOff(state, volume),
  });
  return replyAction(state, action);
}

function resizeVolume({ state, id, body }: Call): Reply {
  const volume = freeVolume(state, id);
  const input = readInput(body);
  const size = input.integer('size', { required: true, min: smallest, max: largest });
  if (size <= volume.size) input.complain('size', 'must be larger than the current size');
  input.done();
  const action = startAction(state, {
    command: 'resize_volume',
    resources: [on('volume', id)],
    ms: 1000,
    effect() {
      volume.size = size;
    },
  });
  return replyAction(state, action);
}

function freeVolume(state: State, id: number): Volume {
  const volume = find(volumes, state, id);
  requireUnlocked(state, 'volume', id);
  return volume;
}
