import type { Pricing } from '../hetzner/types.ts';
import { byCost, sumLines } from './group.ts';
import { findIdle, type IdleLine } from './idle.ts';
import { type CostLine, costLines, type Inventory } from './lines.ts';
import { exactSum, type Sum } from './money.ts';
import { type Month, monthOf } from './rates.ts';
import { excessTraffic, type TrafficLine } from './traffic.ts';

/** What a project costs, as far as prices and what exists tell. */
export interface Estimate {
  readonly currency: string;
  readonly vatRate: string;
  /** The month to whose end is reckoned; absent for a whole month. */
  readonly month?: Month;
  /** Dearest first, without what is free; with traffic where a month is reckoned. */
  readonly lines: readonly CostLine[];
  readonly total: Sum;
  readonly idle: readonly IdleLine[];
  readonly traffic: readonly TrafficLine[];
}

/** The estimate at `now` (ms): a whole month of what exists (`next`), or the current month to its end with the traffic so far (`now`). */
export function estimateCost(inventory: Inventory, pricing: Pricing, basis: 'now' | 'next', now: number): Estimate {
  const month = basis === 'now' ? monthOf(now) : undefined;
  const traffic = excessTraffic(inventory, pricing);
  const billed = costLines(inventory, pricing, month).filter(({ cost }) => cost?.gross !== 0n);
  const lines = [...billed, ...(month ? traffic : [])].sort(byCost);
  return {
    currency: pricing.currency,
    vatRate: pricing.vat_rate,
    month,
    lines,
    total: sumLines(lines),
    idle: findIdle(inventory, pricing, now),
    traffic,
  };
}

/** A line as JSON: sums exact, null where no price is known. */
export function lineBody(line: CostLine & Partial<IdleLine & TrafficLine>) {
  const { kind, id, name, type, location, labels, cost, reason, outgoing, included } = line;
  return {
    ...{ kind, id, name, type, location: location ?? null, labels },
    ...{ net: null, gross: null, ...(cost && exactSum(cost)) },
    ...(reason !== undefined && { reason }),
    ...(outgoing !== undefined && { outgoing, included }),
  };
}
