import type { Image } from '../../core/hetzner/types.ts';
import { requireUnlocked } from '../actions.ts';
import { actionRoutes, type Collection, find, named, readRoutes, reply, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { byProperty } from '../list.ts';
import { invalidField, isProtected, notFound } from '../problem.ts';
import { protectionRoute } from '../protection.ts';
import type { Call, Reply, Route } from '../route.ts';

/** Images as a resource. */
export const images: Collection<Image> = {
  many: 'images',
  one: 'image',
  rows: state => state.images,
  view: (_state, row) => row,
  list: {
    ...named<Image>(['id', 'name', 'created'], {
      type: byProperty('type', ['system', 'app', 'snapshot', 'backup']),
      status: byProperty('status', ['available', 'creating', 'unavailable']),
      bound_to: byProperty('bound_to'),
      architecture: byProperty('architecture', ['x86', 'arm']),
      include_deprecated: {
        oneOf: ['true', 'false'],
        otherwise: ['false'],
        keeps: (image, values) => values[0] === 'true' || image.deprecated === null,
      },
    }),
    sortValue: (image, field) => (field === 'id' ? image.id : ((image[field as 'name' | 'created'] ?? '') as string)),
  },
};

/** Everything under /images. */
export const imageRoutes: readonly Route[] = [
  ...actionRoutes(images),
  ...readRoutes(images),
  route('PUT', '/images/{id}', updateImage),
  route('DELETE', '/images/{id}', deleteImage),
  protectionRoute(images, image => {
    if (image.type !== 'snapshot') throw invalidField('id', 'only snapshots can be protected');
  }),
];

function updateImage({ state, id, body }: Call): Reply {
  const image = ownImage(state, id);
  const input = readInput(body);
  const description = input.text('description');
  const type = input.text('type', { oneOf: ['snapshot'] });
  const labels = input.labels();
  input.done();
  if (description !== undefined) image.description = description;
  if (labels) image.labels = labels;
  if (type) {
    image.type = 'snapshot';
    image.bound_to = null;
  }
  return reply(200, { image });
}

function deleteImage({ state, id }: Call): Reply {
  const image = ownImage(state, id);
  if (image.protection.delete) throw isProtected('image', 'deletion');
  requireUnlocked(state, 'image', id);
  state.images.delete(id);
  return { status: 204 };
}

/** A snapshot or backup; throws 404, and 422 for what is Hetzner's. */
function ownImage(state: Call['state'], id: number): Image {
  const image = find(images, state, id);
  if (image.type === 'system' || image.type === 'app') {
    throw invalidField('id', 'only snapshots and backups can be changed or deleted');
  }
  if (image.deleted !== null) throw notFound('image', id);
  return image;
}
