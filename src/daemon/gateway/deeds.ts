import type { Action } from '../../core/api.ts';
import type { Step, Store } from '../../core/store/store.ts';
import type { Clock } from '../../core/world.ts';

/** Who began which actions of Hetzner. */
export interface Deeds {
  /** The writes that say who began these. */
  begin(project: number, actions: readonly Pick<Action, 'id'>[], owner: string, author: string): readonly Step[];
  /** Those of the ids that one of the owners began. */
  begunBy(project: number, ids: readonly number[], owners: readonly string[]): Promise<ReadonlySet<number>>;
  /** Those of the ids that anybody began through the daemon. */
  known(project: number, ids: readonly number[]): Promise<ReadonlySet<number>>;
}

/** In a store. */
export function openDeeds({ store, clock }: { readonly store: Store; readonly clock: Pick<Clock, 'now'> }): Deeds {
  const { db } = store;
  const chosen = (project: number, ids: readonly number[]) =>
    db.selectFrom('deeds').select('action_id').where('project_id', '=', project).where('action_id', 'in', ids);
  const idsOf = (rows: readonly { readonly action_id: number }[]) => new Set(rows.map(row => row.action_id));
  return {
    begin: (project, actions, owner, author) =>
      actions.map(({ id }) => {
        const row = { project_id: project, action_id: id, owner, author, created: clock.now() };
        return { query: db.insertInto('deeds').values(row), changes: 'any' };
      }),
    async begunBy(project, ids, owners) {
      if (ids.length === 0 || owners.length === 0) return new Set();
      return idsOf(await chosen(project, ids).where('owner', 'in', owners).execute());
    },
    async known(project, ids) {
      return ids.length === 0 ? new Set() : idsOf(await chosen(project, ids).execute());
    },
  };
}
