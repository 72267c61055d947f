import type { Image } from '../../core/hetzner/types.ts';
import { on } from '../actions.ts';
import { replyAction, requireRoom, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { makePassword } from '../passwords.ts';
import { isProtected, refused } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { nextId, type ServerRow, type State, stamp } from '../state.ts';
import { lookUpField, lookUpImage, requireStock } from './lookup.ts';
import { readUserData } from './server-create.ts';
import { actOn, freeServer, serverAction } from './server-deed.ts';

const backupSlots = 7;

/** What is done to a server's disk: images, rebuild, another type, backups. */
export const diskRoutes: readonly Route[] = [
  route('POST', '/servers/{id}/actions/create_image', createImage),
  route('POST', '/servers/{id}/actions/rebuild', rebuild),
  route('POST', '/servers/{id}/actions/change_type', serverAction(changeType)),
  route(
    'POST',
    '/servers/{id}/actions/enable_backup',
    serverAction(row => ({
      command: 'enable_backup',
      ms: 500,
      effect() {
        row.backup_window ??= ['22-02', '02-06', '06-10', '10-14', '14-18', '18-22'][row.id % 6]!;
      },
    })),
  ),
  route(
    'POST',
    '/servers/{id}/actions/disable_backup',
    serverAction((row, { state }) => ({
      command: 'disable_backup',
      ms: 500,
      effect() {
        row.backup_window = null;
        for (const backup of backupsOf(state, row)) state.images.delete(backup.id);
      },
    })),
  ),
];

function createImage({ state, id, body }: Call): Reply {
  const row = freeServer(state, id);
  const input = readInput(body);
  const type = input.text('type', { oneOf: ['snapshot', 'backup'] }) ?? 'snapshot';
  const description = input.text('description');
  const labels = input.labels() ?? {};
  input.done();
  if (type === 'backup' && row.backup_window === null) {
    throw refused('invalid_input', 'backups are not enabled for this server');
  }
  if (type === 'snapshot') {
    const snapshots = [...state.images.values()].filter(image => image.type === 'snapshot');
    requireRoom(state, 'snapshots', snapshots.length);
  }
  const source = row.image === null ? undefined : state.images.get(row.image);
  const image: Image = {
    id: nextId(state),
    type,
    status: 'creating',
    name: null,
    description: description ?? `${type} of ${row.name}`,
    image_size: null,
    disk_size: row.primary_disk_size,
    created: stamp(state.now),
    created_from: { id: row.id, name: row.name },
    bound_to: type === 'backup' ? row.id : null,
    os_flavor: source?.os_flavor ?? 'unknown',
    os_version: source?.os_version ?? null,
    rapid_deploy: false,
    protection: { delete: false },
    deprecated: null,
    deprecation: null,
    deleted: null,
    labels,
    architecture: row.server_type.architecture,
  };
  state.images.set(image.id, image);
  const action = actOn(state, row, {
    command: 'create_image',
    resources: [on('image', image.id)],
    ms: 5000,
    effect() {
      image.status = 'available';
      image.image_size = Math.round(row.primary_disk_size * 4.5 + (row.id % 50)) / 100;
      // There are seven slots: an eighth backup takes the place of the oldest.
      if (type === 'backup')
        for (const old of backupsOf(state, row).slice(0, -backupSlots)) state.images.delete(old.id);
    },
    undo() {
      image.status = 'unavailable';
    },
  });
  return replyAction(state, action, { image });
}

function rebuild({ state, id, body }: Call): Reply {
  const row = freeServer(state, id);
  const input = readInput(body);
  const image = lookUpImage(state, input, input.reference('image', { required: true }), row.server_type.architecture);
  const userData = readUserData(input);
  if (image && image.disk_size > row.primary_disk_size) {
    input.complain('image', 'image disk is bigger than the disk of the server');
  }
  input.done();
  if (row.protection.rebuild) throw isProtected('server', 'rebuild');
  const action = actOn(state, row, {
    command: 'rebuild_server',
    resources: [on('image', image!.id)],
    ms: 4000,
    during: 'rebuilding',
    after: 'running',
    effect() {
      row.image = image!.id;
      if (userData !== undefined) row.user_data = userData;
    },
  });
  return replyAction(state, action, { root_password: row.with_keys ? null : makePassword(state) });
}

function changeType(row: ServerRow, { state, body }: Call) {
  const input = readInput(body);
  const upgradeDisk = input.flag('upgrade_disk', { required: true });
  const wanted = input.reference('server_type', { required: true });
  const type = lookUpField(input, 'server_type', state.server_types, wanted)!;
  input.done();
  if (row.status !== 'off') throw refused('server_not_stopped', 'server must be stopped');
  if (type.id === row.server_type.id) throw refused('invalid_server_type', 'server has this type already');
  if (type.architecture !== row.server_type.architecture || type.storage_type !== row.server_type.storage_type) {
    throw refused('invalid_server_type', 'server type has another architecture or storage');
  }
  if (type.disk < row.primary_disk_size) throw refused('invalid_server_type', 'disk of the server type is too small');
  requireStock(type, row.location);
  return {
    command: 'change_server_type',
    ms: 5000,
    during: 'migrating',
    after: 'running',
    effect() {
      row.server_type = type;
      if (upgradeDisk) row.primary_disk_size = type.disk;
    },
  };
}

function backupsOf(state: State, row: ServerRow): Image[] {
  return [...state.images.values()].filter(image => image.bound_to === row.id);
}
