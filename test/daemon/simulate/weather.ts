import type { Method } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Fate } from './hetzner.ts';
import type { Chance } from './random.ts';

const minute = 60_000;

/** How Hetzner is just now; times in milliseconds. */
export interface Weather {
  /** How often a call goes wrong, from 0 to 1. */
  share: number;
  /** Until when it goes wrong so often; then it is fair. */
  storm: number;
  /** Until when nothing is answered at all. */
  outage: number;
}

/** How often a call goes wrong in fair weather. */
const fair = 0.008;

/** What becomes of a call in that weather, and how many milliseconds it takes. */
export function fateOf(
  chance: Chance,
  weather: Weather,
  now: number,
  method: Method,
  path: string,
): { readonly fate: Fate; readonly takes: number } {
  const takes = chance.between(40, 250);
  if (now < weather.outage) return { fate: { before: unreachable(false) }, takes: 1000 };
  const share = now < weather.storm ? weather.share : fair;
  if (!chance.is(share)) return { fate: {}, takes };
  const kinds = method === 'GET' ? reads : writes;
  return kinds[chance.between(0, kinds.length - 1)]!(chance, path);
}

type Kind = (chance: Chance, path: string) => ReturnType<typeof fateOf>;

const limited: Kind = () => ({ fate: { before: new Failure('limited', 'too many requests') }, takes: 200 });
const broken: Kind = () => ({ fate: { before: unreachable(false) }, takes: 500 });
const silent: Kind = () => ({ fate: { before: timeout() }, takes: 8000 });

const reads: readonly Kind[] = [limited, broken, silent];

const writes: readonly Kind[] = [
  limited,
  broken,
  silent,
  () => ({ fate: { before: new Failure('conflict', 'locked', { apiCode: 'locked' }) }, takes: 200 }),
  () => ({ fate: { before: unreachable(true) }, takes: 500 }),
  // Done, and nobody hears of it.
  () => ({ fate: { after: timeout() }, takes: 8000 }),
  () => ({ fate: { after: unreachable(true) }, takes: 300 }),
  // Done after it was given up. Images may even land when nobody reckons with them any more.
  (chance, path) => {
    const longest = path.endsWith('create_image') ? 20 * minute : 1.5 * minute;
    return { fate: { late: chance.between(1000, longest) }, takes: 8000 };
  },
];

function unreachable(ambiguous: boolean): Failure {
  return new Failure('unreachable', 'no connection', { ambiguous });
}

function timeout(): Failure {
  return new Failure('timeout', 'no answer in time', { ambiguous: true });
}
