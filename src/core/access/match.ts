import type { Match, Operation } from './operation.ts';
import { operations } from './operations.ts';

/** A place in a path: what may follow it, and the operations that end there. */
interface Place {
  readonly literal: Map<string, Place>;
  readonly ends: Map<string, Operation>;
  variable?: Variable;
}

interface Variable {
  readonly means: 'id' | 'action' | 'part';
  readonly accepts: (segment: string) => boolean;
  readonly place: Place;
}

// Written one way only, so that two readers cannot take it for two things: no sign, no zero before it.
const isId = (segment: string) => /^[1-9]\d{0,15}$/.test(segment) && Number.isSafeInteger(Number(segment));

const label = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?';
// What Hetzner has as a zone has a dot in its name, and no number at its end that would make it an address.
const domain = new RegExp(`^${label}(\\.${label})+$(?<!\\.\\d+)`);
/** `@`, `www`, `*.dev`, `_sip._tcp`; clients write some of the signs encoded. */
const recordName = new RegExp(`^(@|%40|(\\*|%2a|${label})(\\.${label})*)$`, 'i');

/** What a variable segment has to look like, by its name in the document. */
const shapes: Readonly<Record<string, (segment: string) => boolean>> = {
  id: isId,
  action_id: isId,
  snapshot_id: isId,
  subaccount_id: isId,
  id_or_name: segment => isId(segment) || (segment.length <= 253 && domain.test(segment)),
  rr_name: segment => segment.length <= 255 && recordName.test(segment),
  rr_type: segment => /^[A-Z]{1,10}$/.test(segment),
};

const root: Place = { literal: new Map(), ends: new Map() };
for (const operation of operations) {
  let place = root;
  let before = '';
  for (const segment of operation.path.split('/')) {
    place = follow(place, segment, before);
    before = segment;
  }
  place.ends.set(operation.method, operation);
}

function follow(place: Place, segment: string, before: string): Place {
  if (!segment.startsWith('{')) {
    const next = place.literal.get(segment) ?? { literal: new Map(), ends: new Map() };
    place.literal.set(segment, next);
    return next;
  }
  const name = segment.slice(1, -1);
  place.variable ??= {
    means: before === 'actions' ? 'action' : name.startsWith('id') ? 'id' : 'part',
    accepts: shapes[name]!,
    place: { literal: new Map(), ends: new Map() },
  };
  return place.variable.place;
}

/** The operation that a request is, by its method and its path below `/v1/` as it was sent, without query; undefined for everything that the published API has not. */
export function matchOperation(method: string, path: string): Match | undefined {
  let place = root;
  let id: string | undefined;
  let action: string | undefined;
  // No place takes an empty segment, a dot or an encoded slash: what is written oddly matches nothing.
  const segments = path.split('/');
  for (const segment of segments) {
    const literal = place.literal.get(segment);
    if (literal) {
      place = literal;
      continue;
    }
    const { variable } = place;
    if (!variable?.accepts(segment)) return undefined;
    if (variable.means === 'id') id = segment;
    if (variable.means === 'action') action = segment;
    place = variable.place;
  }
  const operation = place.ends.get(method);
  return operation && { operation, type: segments[0]!, id, action };
}
