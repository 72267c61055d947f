import type { Action } from '../../../core/api.ts';
import { findSource, requireFit } from '../../../core/composite/restore.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import { find } from '../../../core/find.ts';
import type { Image, Server } from '../../../core/hetzner/types.ts';
import { server as servers } from '../../../core/resources/server.ts';
import type { ImageRow } from '../../../core/store/tables.ts';
import type { Request } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { readImage } from '../look.ts';
import { relay } from '../trouble.ts';
import { findPlace } from '../verify/smallest.ts';
import { entryBy, refuse } from './common.ts';

/** What came of it: the server, and the actions that go on at Hetzner. */
interface Restored {
  readonly server?: Server;
  readonly action?: Action;
}

/** Makes a server of a backup, or replaces the disk of one by it; throws `usage` unless one of the two is asked for. */
export async function restore(tools: Tools, request: Request, row: ImageRow): Promise<Restored> {
  const given = request.input as Readonly<Record<'new-server' | 'type' | 'location' | 'rebuild', string | undefined>>;
  const { 'new-server': name, rebuild } = given;
  const target = { type: 'image', id: row.id, name: row.server_name };
  const entry = entryBy(request, 'backup.restore', target, { difference: given });
  const image = await readImage(tools.hetzner, row.id).catch(relay);
  const wrong = whatIsWrong(row, image, name, rebuild);
  if (wrong || !image) return refuse(tools, entry, wrong ?? new Failure('not_found', `image ${row.id} is gone`));
  const [of] = (await tools.audit.commit([{ ...entry, result: 'begun' }])) ?? [];
  try {
    const done = rebuild === undefined ? await make(tools, image, given) : await replace(tools, image, rebuild);
    await tools.audit.commit([{ ...entry, of }]);
    return done;
  } catch (error) {
    const failure = toFailure(error);
    await tools.audit.commit([{ ...entry, of, result: 'failed', reason: failure.message }]);
    throw failure;
  }
}

function whatIsWrong(
  row: ImageRow,
  image: Image | undefined,
  name: string | undefined,
  rebuild: string | undefined,
): Failure | undefined {
  if ((name === undefined) === (rebuild === undefined)) {
    return new Failure('usage', 'say where the backup goes: --new-server or --rebuild, one of the two');
  }
  if (!image) return new Failure('not_found', `image ${row.id} is gone`);
  if (image.status !== 'available') return new Failure('refused', `image ${row.id} is ${image.status}`);
}

async function make(
  { hetzner }: Tools,
  image: Image,
  given: Readonly<Record<'new-server' | 'type' | 'location', string | undefined>>,
): Promise<Restored> {
  const source = await findSource(hetzner, image);
  const place = source
    ? { type: source.server_type.name, location: source.location.name }
    : await findPlace({ hetzner }, image);
  const body = {
    name: given['new-server'],
    server_type: given.type ?? place.type,
    location: given.location ?? place.location,
    image: image.id,
  };
  const { server, action } = await hetzner.send<{ server: Server; action: Action }>('POST', 'servers', body);
  return { server, action };
}

async function replace({ hetzner }: Tools, image: Image, ref: string): Promise<Restored> {
  const server = await find(hetzner, servers, ref);
  requireFit(image, `server ${server.name}`, server.primary_disk_size, server.server_type?.architecture);
  const path = `servers/${server.id}/actions/rebuild`;
  const { action } = await hetzner.send<{ action: Action }>('POST', path, { image: image.id });
  return { action };
}
