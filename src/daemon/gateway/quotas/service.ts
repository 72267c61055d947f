import { Failure } from '../../../core/failure.ts';
import type { QuotaType } from '../../../core/resources/quota.ts';
import type { QuotaRow } from '../../../core/store/tables.ts';
import type { Caller, Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { reachesAll, requireAll } from '../owned.ts';
import { requireOwner } from '../owners/owner-name.ts';
import type { Asker } from '../upstream/upstream.ts';
import { readHoldings } from './holdings.ts';
import { measures } from './measures.ts';
import { type QuotaTools, readQuotas } from './quotas.ts';
import { limitsOf, usageOf } from './usage.ts';

type Row = Omit<QuotaRow, 'id'> & { readonly id: number };
type Shown = { readonly id: number } & Readonly<Record<string, unknown>>;
const everybody = '*';
const largest = 1_000_000_000;

/** What can be done with quotas. */
export function quotaService(tools: QuotaTools): Service {
  const { store, clock } = tools;
  const { db } = store;

  const find = async (id: number) => {
    const row = await db.selectFrom('quotas').selectAll().where('id', '=', id).executeTakeFirst();
    if (row) return row;
    throw new Failure('not_found', `quota not found: ${id}`, { hint: 'cloudctl quota list' });
  };

  async function listed({ caller, input, signal }: Request): Promise<readonly Shown[]> {
    const isAll = reachesAll(caller, 'quota:read');
    const asked = input.owner === undefined ? undefined : String(input.owner);
    if (!isAll && asked !== undefined && !caller.owners.includes(asked)) return [];
    const owner = asked ?? (isAll ? undefined : caller.owner);
    const asker = askerOf(caller, signal);
    if (owner !== undefined && owner !== everybody) return holding(owner, asker);
    const rows = await db.selectFrom('quotas').selectAll().execute();
    const chosen = rows.filter(row => owner === undefined || row.owner === owner);
    const used = await usedBy([...new Set(chosen.map(row => row.owner))], chosen, asker);
    return chosen.map(row => show(row, used(row.owner, row.type)));
  }

  /** What holds for one owner, by its own quotas and by everybody's. */
  async function holding(owner: string, asker: Asker): Promise<readonly Shown[]> {
    const rows = await readQuotas(tools, owner);
    const limits = limitsOf(rows, owner);
    const chosen = limits.map(({ type }) => {
      const own = rows.filter(row => row.type === type);
      return own.find(row => row.owner === owner) ?? own[0]!;
    });
    const used = await usedBy([owner], chosen, asker);
    return chosen.map(row => show(row, used(owner, row.type)));
  }

  /** How much owners have; null of everybody, and where Hetzner cannot be asked. */
  async function usedBy(owners: readonly string[], rows: readonly Row[], asker: Asker) {
    const types = [...new Set(rows.map(row => row.type as QuotaType))];
    const collections = [...new Set(types.flatMap(type => measures[type].of))];
    const isPriced = types.includes('monthly_cost');
    const counts = await Promise.all(
      owners.map(async owner => {
        if (owner === everybody) return [owner, undefined] as const;
        const wish = { owner, collections, isPriced, fresh: false };
        const holdings = await readHoldings(tools, asker, wish).catch(() => undefined);
        return [owner, holdings && usageOf(types, holdings.owned, [], holdings.pricing)] as const;
      }),
    );
    const byOwner = new Map(counts);
    return (owner: string, type: string) => byOwner.get(owner)?.get(type as QuotaType) ?? null;
  }

  async function shown(row: Row, { caller, signal }: Request) {
    const used = await usedBy([row.owner], [row], askerOf(caller, signal));
    return { quota: show(row, used(row.owner, row.type)) };
  }

  return {
    list: listed,
    async describe(request) {
      const row = await find(request.id!);
      const { caller, signal } = request;
      if (reachesAll(caller, 'quota:read')) return shown(row, request);
      const quota = (await holding(caller.owner, askerOf(caller, signal))).find(({ id }) => id === row.id);
      if (quota) return { quota };
      throw new Failure('not_found', `quota not found: ${row.id}`, { hint: 'cloudctl quota list' });
    },
    async set(request) {
      requireAll(request.caller, 'quota:write');
      const { owner, type, most } = request.input as { owner: string; type: string; most: number };
      if (owner !== everybody) await requireOwner(store, owner, 'owner');
      if (most < 0 || most > largest) throw new Failure('usage', `most: give 0 to ${largest}`);
      const updated = clock.now();
      const own = db.updateTable('quotas').set({ most, updated }).where('owner', '=', owner).where('type', '=', type);
      await store.commit([
        { query: db.insertInto('quotas').values({ owner, type, most, updated }), changes: 'any' },
        { query: own, changes: 'any' },
      ]);
      const rows = db.selectFrom('quotas').selectAll().where('owner', '=', owner).where('type', '=', type);
      return shown(await rows.executeTakeFirstOrThrow(), request);
    },
    async delete({ id, caller }) {
      requireAll(caller, 'quota:write');
      await find(id!);
      await store.commit([{ query: db.deleteFrom('quotas').where('id', '=', id!) }]);
    },
  };
}

const askerOf = ({ owner }: Caller, signal: AbortSignal): Asker => ({ tenant: owner, urgency: 'read', signal });

function show({ id, owner, type, most, updated }: Row, used: number | null): Shown {
  const name = `${owner === everybody ? 'everybody' : owner}/${type}`;
  return { id, name, owner, type, most, used, updated: timeOf(updated) };
}
