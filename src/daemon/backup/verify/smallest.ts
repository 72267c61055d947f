import { collect } from '../../../core/api.ts';
import { parseMoney } from '../../../core/cost/money.ts';
import { Failure } from '../../../core/failure.ts';
import type { Image, ServerType } from '../../../core/hetzner/types.ts';
import type { Tools } from '../../tools.ts';

/** The server type of the least price that an image fits on, where it is in stock. */
export interface Place {
  readonly type: string;
  readonly location: string;
  /** Gross, in the currency of the price list. */
  readonly hourly: string;
}

/** The cheapest place to restore an image for a test; throws `refused` when there is none. */
export async function findPlace({ hetzner }: Pick<Tools, 'hetzner'>, image: Image): Promise<Place> {
  const types = await collect(hetzner.list<ServerType>('server_types'));
  const fitting = types
    .filter(type => type.architecture === image.architecture && type.disk >= image.disk_size)
    .flatMap(type =>
      type.prices
        .filter(({ location }) => isInStock(type, location))
        .map(price => ({ type: type.name, location: price.location, hourly: price.price_hourly.gross })),
    );
  const [first, ...others] = fitting;
  if (!first) {
    throw new Failure(
      'refused',
      `no server type in stock is for ${image.architecture} with ${image.disk_size} GB of disk`,
    );
  }
  return others.reduce((least, one) => (parseMoney(one.hourly) < parseMoney(least.hourly) ? one : least), first);
}

function isInStock({ locations }: ServerType, name: string): boolean {
  if (!locations) return true;
  return locations.some(location => location.name === name && location.available && !location.deprecation);
}
