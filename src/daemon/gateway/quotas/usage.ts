import type { Pricing } from '../../../core/hetzner/types.ts';
import type { Item } from '../../../core/resource.ts';
import { type QuotaType, quotaTypes } from '../../../core/resources/quota.ts';
import { requestLabel } from '../reserved.ts';
import { measures } from './measures.ts';
import type { Wanted } from './wanted.ts';

/** A resource that an owner has. */
export interface Owned {
  readonly project: number;
  readonly type: string;
  readonly item: Item;
}

/** Room that a change has taken. */
export interface Reservation {
  readonly project: number;
  readonly request: string | null;
  readonly wanted: readonly Wanted[];
  /** Milliseconds. */
  readonly until: number;
  /** What is known of what it makes, where it was intended. */
  readonly intent?: { readonly state: 'open' | 'made' | 'not-made'; readonly updated: number };
}

/** One thing that counts: as it is, and as it may become, whichever is more. */
interface Counted {
  readonly type: string;
  readonly forms: readonly Wanted['item'][];
}

/** What may be missing in a picture although it was made: clocks of several daemons differ. */
const margin = 60_000;

/** The reservations that count beside what a picture shows. `at` is when that was read: what was made since may be missing in it; undefined for one that was begun after the reservations were read, which misses nothing. */
export function standing(
  reservations: readonly Reservation[],
  owned: readonly Owned[],
  now: number,
  at: number | undefined,
): readonly Reservation[] {
  const shown = new Set(owned.map(({ item }) => item.labels?.[requestLabel]));
  // What was tried again is one thing.
  const last = new Map(reservations.map((one, index) => [one.request, index]));
  return reservations.filter(({ request, intent, until }, index) => {
    if (request !== null && (shown.has(request) || last.get(request) !== index)) return false;
    if (!intent) return until > now;
    if (intent.state === 'open') return true;
    return intent.state === 'made' && at !== undefined && intent.updated > at - margin;
  });
}

/** How much of each of these quotas an owner has, with what is reserved. */
export function usageOf(
  types: readonly QuotaType[],
  owned: readonly Owned[],
  reserved: readonly Pick<Reservation, 'project' | 'wanted'>[],
  pricing?: Pricing,
): ReadonlyMap<QuotaType, number> {
  const coming = reserved.flatMap(({ project, wanted }) => wanted.map(one => ({ project, ...one })));
  const counted: Counted[] = [
    ...owned.map(({ project, type, item }) => {
      const becoming = coming.filter(one => one.id === item.id && one.type === type && one.project === project);
      return { type, forms: [item, ...becoming.map(one => one.item)] };
    }),
    ...coming.flatMap(({ id, type, item }) => (id === undefined ? [{ type, forms: [item] }] : [])),
  ];
  return new Map(types.map(type => [type, sumOf(type, counted, pricing)]));
}

function sumOf(name: QuotaType, counted: readonly Counted[], pricing: Pricing | undefined): number {
  const { of, count } = measures[name];
  const sum = counted
    .filter(({ type }) => of.includes(type))
    .reduce((sum, { type, forms }) => sum + Math.max(...forms.map(item => count({ type, item }, pricing))), 0);
  // Sums of cents, as they are written.
  return Math.round(sum * 10_000) / 10_000;
}

/** A quota as it stands. */
export interface Limit {
  readonly type: QuotaType;
  readonly most: number;
}

/** The quota that is gone beyond by what is asked for; one that was exceeded before hinders nothing that makes it no worse. */
export function exceeded(
  limits: readonly Limit[],
  before: ReadonlyMap<QuotaType, number>,
  after: ReadonlyMap<QuotaType, number>,
): Limit | undefined {
  return limits.find(({ type, most }) => after.get(type)! > most && after.get(type)! > before.get(type)!);
}

/** The quotas that hold for an owner: its own before everybody's. */
export function limitsOf(rows: readonly { owner: string; type: string; most: number }[], owner: string): Limit[] {
  return quotaTypes.flatMap(type => {
    const own = (whose: string) => rows.find(row => row.owner === whose && row.type === type);
    const row = own(owner) ?? own('*');
    return row ? [{ type, most: row.most }] : [];
  });
}
