import { collect } from '../../core/api.ts';
import type { CheckTools } from '../../core/checks/tools.ts';
import { estimateCost } from '../../core/cost/estimate.ts';
import { readInventory, readPricing } from '../../core/cost/inventory.ts';
import { exactMoney } from '../../core/cost/money.ts';
import type { Server } from '../../core/hetzner/types.ts';
import type { StoreKey } from '../../core/store/key.ts';
import { createGuard, type Lookup, lookUp } from '../../core/transport/guard.ts';
import { readSchedules } from '../backup/schedule.ts';
import { describeSchedule } from '../backup/service/show.ts';
import type { Tools } from '../tools.ts';

/** What checks ask for, read once for all of them. */
export interface Sources {
  readonly tools: Pick<CheckTools, 'guard' | 'servers' | 'monthlyCost' | 'backups' | 'readLatest'>;
  /** What secrets of checks are sealed with. */
  readonly key: StoreKey;
  /** Since when this daemon listens, ms. */
  readonly listening: number;
}

/** For how long (ms) an answer is good enough. */
const [serversKept, costKept] = [15_000, 600_000];

/** What it takes to open them. */
export interface SourcesOptions {
  readonly key: StoreKey;
  /** Networks of the host's own that checks may connect to. */
  readonly allowed: () => readonly string[];
  readonly lookup?: Lookup;
  readonly readLatest?: CheckTools['readLatest'];
}

/** The shared reads of this daemon's checks. */
export function openSources(tools: Tools, options: SourcesOptions): Sources {
  const { clock, hetzner } = tools;
  const { key, allowed, lookup = lookUp, readLatest } = options;
  const readCosts = keep(clock.now, costKept, async () => {
    const [pricing, inventory] = await Promise.all([readPricing(hetzner), readInventory(hetzner)]);
    return { pricing, inventory };
  });
  return {
    listening: clock.now(),
    key,
    tools: {
      guard: createGuard(lookup, allowed, 'allow-private-checks'),
      servers: keep(clock.now, serversKept, () => collect(hetzner.list<Server>('servers'))),
      async monthlyCost(month) {
        const { pricing, inventory } = await readCosts();
        const { total, currency } = estimateCost(inventory, pricing, month, clock.now());
        return { net: Number(exactMoney(total.net)), gross: Number(exactMoney(total.gross)), currency };
      },
      async backups(wanted) {
        const all = await readSchedules(tools.store);
        const schedule = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => String(id) === wanted);
        if (!schedule) return undefined;
        const { backups } = await describeSchedule(tools, schedule);
        return { servers: backups as { name: string; state: 'new' | 'ok' | 'late' | 'stale' }[] };
      },
      readLatest,
    },
  };
}

/** What was read, for as long as it is fresh; many who ask at once wait for one reading. A failure is kept for none but those. */
function keep<T>(now: () => number, fresh: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (last && now() - last.at < fresh && now() >= last.at) return last.value;
    const value = read();
    const mine = { at: now(), value };
    last = mine;
    value.catch(() => {
      if (last === mine) last = undefined;
    });
    return value;
  };
}
