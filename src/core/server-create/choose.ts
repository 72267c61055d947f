import { Failure } from '../failure.ts';
import type { Image, ServerType } from '../hetzner/types.ts';
import { nearest } from '../nearest.ts';
import type { Item } from '../resource.ts';
import { chooseImage } from '../resources/image-find.ts';

/** The types of those names or ids, each once, in the order given; throws `not_found` with the nearest name. */
export function chooseTypes(offered: readonly ServerType[], refs: readonly string[]): ServerType[] {
  const chosen = refs.map(ref => {
    const type = offered.find(({ id, name }) => name === ref.toLowerCase() || String(id) === ref);
    if (type) return type;
    const guess = nearest(
      ref,
      offered.map(({ name }) => name),
    );
    throw new Failure('not_found', `server type not found: ${ref}`, {
      hint: guess ? `Did you mean ${guess}?` : 'cloudctl server-type list',
    });
  });
  return [...new Set(chosen)];
}

/** The names of those locations, each once; throws `not_found` for one where no type is offered. */
export function chooseLocations(offered: readonly ServerType[], refs: readonly string[]): string[] {
  const known = new Map(offered.flatMap(type => (type.locations ?? []).map(({ id, name }) => [name, id])));
  // An API that does not tell where its types are offered is asked by trying.
  if (known.size === 0) return [...new Set(refs)];
  const names = refs.map(ref => {
    const found = [...known].find(([name, id]) => name === ref.toLowerCase() || String(id) === ref);
    if (found) return found[0];
    const guess = nearest(ref, [...known.keys()]);
    throw new Failure('not_found', `location not found: ${ref}`, {
      hint: guess ? `Did you mean ${guess}?` : `Locations: ${[...known.keys()].join(', ')}`,
    });
  });
  return [...new Set(names)];
}

/** The image for each architecture of the types, out of all that the name or id can mean; throws `not_found`, or `refused` when the one of that id is for another architecture. */
export function chooseImages(found: readonly Item[], ref: string, types: readonly ServerType[]): Record<string, Image> {
  const byId = /^\d+$/.test(ref);
  const pairs = types.map(({ name, architecture }) => {
    const fitting = found.filter(image => image.architecture === architecture);
    if (byId && fitting.length === 0 && found[0]) {
      throw new Failure(
        'refused',
        `image ${ref} is for ${found[0].architecture}, server type ${name} is ${architecture}`,
        {
          hint: `cloudctl image list --architecture ${architecture}`,
        },
      );
    }
    return [architecture, chooseImage(fitting, ref, architecture) as unknown as Image];
  });
  return Object.fromEntries(pairs);
}

/** Throws `refused` for a deprecated image. */
export function requireCurrentImages(images: Readonly<Record<string, Image>>): void {
  for (const image of Object.values(images)) {
    const since = image.deprecation?.announced ?? image.deprecated;
    if (!since) continue;
    throw new Failure('refused', `image ${image.name ?? image.id} is deprecated since ${since}`, {
      hint: 'Add --allow-deprecated-image to use it all the same',
    });
  }
}
