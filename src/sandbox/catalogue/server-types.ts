import type { ServerType } from '../../core/hetzner/types.ts';
import { locations } from './locations.ts';
import { pricesAt } from './prices.ts';

const europe = ['fsn1', 'nbg1', 'hel1'];
const overseas = ['ash', 'hil', 'sin'];
const everywhere = [...europe, ...overseas];

/** Pairs that are sold out to begin with, so that a script meets one. */
const soldOut = new Set(['cax41@hel1', 'ccx63@fsn1', 'cx53@nbg1']);

const shared = ['shared', 'Cost-Optimized'] as const;
const regular = ['shared', 'Regular Performance'] as const;
const dedicated = ['dedicated', 'General Purpose'] as const;

/** Makes the server types anew, since their stock can be changed. */
export function createServerTypes(): ServerType[] {
  return [
    type(114, 'cx23', shared, 2, 4, 40, 3.49, europe),
    type(115, 'cx33', shared, 4, 8, 80, 5.49, europe),
    type(116, 'cx43', shared, 8, 16, 160, 9.49, europe),
    type(117, 'cx53', shared, 16, 32, 320, 17.49, europe),
    type(45, 'cax11', shared, 2, 4, 40, 3.79, europe),
    type(93, 'cax21', shared, 4, 8, 80, 6.49, europe),
    type(94, 'cax31', shared, 8, 16, 160, 12.49, europe),
    type(95, 'cax41', shared, 16, 32, 320, 24.49, europe),
    withdrawn(type(22, 'cpx11', regular, 2, 2, 40, 4.35, everywhere), europe),
    type(23, 'cpx21', regular, 3, 4, 80, 7.55, overseas),
    type(24, 'cpx31', regular, 4, 8, 160, 13.6, overseas),
    type(109, 'cpx12', regular, 1, 2, 40, 5.99, europe),
    type(110, 'cpx22', regular, 2, 4, 80, 6.49, europe),
    type(111, 'cpx32', regular, 4, 8, 160, 10.99, europe),
    type(112, 'cpx42', regular, 8, 16, 320, 19.99, europe),
    type(96, 'ccx13', dedicated, 2, 8, 80, 12.49, everywhere),
    type(97, 'ccx23', dedicated, 4, 16, 160, 24.49, everywhere),
    type(98, 'ccx33', dedicated, 8, 32, 240, 48.49, everywhere),
    type(101, 'ccx63', dedicated, 48, 192, 960, 288.49, everywhere),
  ].sort((one, other) => one.id - other.id);
}

function type(
  id: number,
  name: string,
  [cpu_type, category]: readonly ['shared' | 'dedicated', string],
  cores: number,
  memory: number,
  disk: number,
  monthly: number,
  places: readonly string[],
): ServerType {
  return {
    id,
    name,
    description: name.toUpperCase().replace(/(\d+)$/, ' $1'),
    category,
    cores,
    memory,
    disk,
    deprecated: false,
    deprecation: null,
    prices: pricesAt(places, monthly),
    storage_type: 'local',
    cpu_type,
    architecture: name.startsWith('cax') ? 'arm' : 'x86',
    locations: locations
      .filter(location => places.includes(location.name))
      .map(location => ({
        id: location.id,
        name: location.name,
        deprecation: null,
        recommended: name.startsWith('cx') || name.startsWith('cpx'),
        available: !soldOut.has(`${name}@${location.name}`),
      })),
  };
}

function withdrawn(type: ServerType, places: readonly string[]): ServerType {
  for (const location of type.locations ?? []) {
    if (!places.includes(location.name)) continue;
    location.deprecation = { announced: '2025-10-16T06:00:00Z', unavailable_after: '2026-01-01T00:00:00Z' };
    location.recommended = false;
    location.available = false;
  }
  return type;
}
