import type { Image, Location, ServerType } from '../../core/hetzner/types.ts';
import type { Input } from '../input.ts';
import { Problem } from '../problem.ts';
import type { State } from '../state.ts';

/** The row that an id or a name stands for: a number is an id first. */
export function lookUp<Row extends { id: number; name: string | null }>(
  rows: Map<number, Row>,
  reference: string,
): Row | undefined {
  const byId = /^\d+$/.test(reference) ? rows.get(Number(reference)) : undefined;
  if (byId) return byId;
  for (const row of rows.values()) if (row.name === reference) return row;
  return undefined;
}

/** The same for a field of a request: complains when nothing is found. */
export function lookUpField<Row extends { id: number; name: string | null }>(
  input: Input,
  field: string,
  rows: Map<number, Row>,
  reference: string | undefined,
): Row | undefined {
  if (reference === undefined || reference === '') return undefined;
  const row = lookUp(rows, reference);
  if (!row) input.complain(field, `${field.replaceAll('_', ' ')} '${reference}' not found`);
  return row;
}

/** The image that a field of a request names, for an architecture; complains when there is none or it does not fit. */
export function lookUpImage(
  state: State,
  input: Input,
  reference: string,
  architecture: string | undefined,
): Image | undefined {
  const candidates = [...state.images.values()].filter(
    image => image.name === reference || String(image.id) === reference,
  );
  const image = candidates.find(image => image.architecture === architecture) ?? candidates[0];
  if (reference === '') return undefined;
  if (!image) input.complain('image', `image '${reference}' not found`);
  else if (architecture && image.architecture !== architecture) {
    input.complain('image', 'image has another architecture than the server type');
  } else if (image.status !== 'available') input.complain('image', 'image is not available yet');
  return image;
}

/** Throws 412 unless the server type can be had at the location. */
export function requireStock(type: ServerType, location: Location): void {
  const place = type.locations?.find(place => place.id === location.id);
  if (place?.available) return;
  const reason = place ? 'is out of stock in' : 'is not offered in';
  throw new Problem(412, 'resource_unavailable', `server type ${type.name} ${reason} ${location.name}`);
}
