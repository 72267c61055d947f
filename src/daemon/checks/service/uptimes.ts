import { monthSpan, uptimeOf } from '../../../core/checks/uptime.ts';
import { Failure } from '../../../core/failure.ts';
import type { Service } from '../../api/service.ts';
import type { Tools } from '../../tools.ts';
import { readMaintenances, windowsWithin } from '../maintenances.ts';

/** How long checks were up, from the times at which their states changed. */
export function uptimeService({ store, clock }: Pick<Tools, 'store' | 'clock'>): Service {
  return {
    async list({ input }) {
      const now = clock.now();
      const month = monthSpan(input.month as string | undefined, now);
      if (!month) throw new Failure('usage', `month: '${String(input.month).slice(0, 50)}' is not one such as 2026-11`);
      const { db } = store;
      const all = await db.selectFrom('checks').select(['id', 'name', 'labels']).orderBy('id').execute();
      const wanted = input.check as string | undefined;
      const named = all.filter(({ name }) => name === wanted);
      const byId = all.filter(({ id }) => String(id) === wanted);
      const chosen = wanted === undefined ? all : named.length > 0 ? named : byId;
      if (wanted !== undefined && chosen.length === 0) {
        throw new Failure('not_found', `check not found: ${wanted}`, { hint: 'cloudctl check list' });
      }
      const rows = await db
        .selectFrom('states')
        .selectAll()
        .where('begun', '<', month.to)
        .where(({ eb, or }) => or([eb('ended', 'is', null), eb('ended', '>', month.from)]))
        .orderBy('begun')
        .execute();
      const windowsOf = windowsWithin(await readMaintenances(store), month);
      return chosen.map(({ id, name, labels }) => {
        const own = rows.filter(row => row.check_id === id);
        const intervals = own.map(({ state, begun: from, ended: to }) => ({ state, from, to }));
        const windows = windowsOf({ id, labels: JSON.parse(labels) });
        const { share, ...sums } = uptimeOf(intervals, windows, month, now);
        return { id, name, month: month.name, uptime: share === null ? null : share * 100, ...sums };
      });
    },
  };
}
