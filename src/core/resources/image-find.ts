import { type Api, collect } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../resource.ts';

/** The image of that id, or of that name for the architecture (x86 where unknown); throws `not_found`. */
export async function findImage(api: Api, ref: string, architecture = 'x86'): Promise<Item> {
  return chooseImage(await listImages(api, ref, architecture), ref, architecture);
}

/** Every image that the id or name can mean, deprecated ones too; of all architectures unless one is named. */
export async function listImages(api: Api, ref: string, architecture?: string): Promise<Item[]> {
  if (/^\d+$/.test(ref)) {
    const { image } = await api.send<{ image: Item }>('GET', `images/${ref}`);
    return [image];
  }
  return collect<Item>(api.list('images', { name: ref, architecture, include_deprecated: true }));
}

/** The image to take of those for one architecture, deprecated ones last; throws `not_found` when there is none. */
export function chooseImage(found: readonly Item[], ref: string, architecture: string): Item {
  const usable = found.find(image => !image.deprecation && !image.deprecated) ?? found[0];
  if (usable) return usable;
  throw new Failure('not_found', `image not found: ${ref} (${architecture})`, {
    hint: `cloudctl image list --type system --architecture ${architecture}`,
  });
}
