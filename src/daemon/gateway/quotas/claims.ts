import type { Step, Store } from '../../../core/store/store.ts';
import type { Reservation } from './usage.ts';
import type { Wanted } from './wanted.ts';

/** The reservations of one owner, and the number of the newest. */
export interface Claims {
  readonly newest: number;
  readonly reservations: readonly Reservation[];
}

/** A reservation to be made. */
export interface NewClaim {
  readonly owner: string;
  readonly project: number;
  readonly request: string | null;
  readonly wanted: readonly Wanted[];
  readonly until: number;
  readonly now: number;
}

/** Reservations are kept for so long after they count by themselves, in milliseconds. */
const kept = 3_600_000;

/** What an owner has reserved, with what became of it. */
export async function readClaims({ db }: Pick<Store, 'db'>, owner: string): Promise<Claims> {
  const rows = await db
    .selectFrom('reservations as r')
    .leftJoin('intents as i', 'i.request', 'r.request')
    .select(['r.seq', 'r.project_id', 'r.request', 'r.wanted', 'r.until', 'i.state', 'i.updated'])
    .where('r.owner', '=', owner)
    .orderBy('r.seq')
    .execute();
  return {
    newest: rows.at(-1)?.seq ?? 0,
    reservations: rows.map(({ project_id, request, wanted, until, state, updated }) => ({
      ...{ project: project_id, request, wanted: JSON.parse(wanted) as Wanted[], until },
      ...(state !== null && updated !== null && { intent: { state, updated } }),
    })),
  };
}

/** The writes of a reservation, which fit only where nobody has reserved anything for that owner since `newest`; old ones go with it. */
export function claiming({ db }: Pick<Store, 'db'>, newest: number, claim: NewClaim): readonly Step[] {
  const { owner, project, request, wanted, until, now } = claim;
  const seq = newest + 1;
  const row = { owner, seq, project_id: project, request, wanted: JSON.stringify(wanted), until, created: now };
  const open = db.selectFrom('intents').select('request').where('state', '=', 'open');
  const old = db.deleteFrom('reservations').where('owner', '=', owner).where('seq', '<', seq);
  return [
    { query: db.insertInto('reservations').values(row), changes: 1 },
    {
      query: old
        .where('until', '<', now - kept)
        .where(({ or, eb }) => or([eb('request', 'is', null), eb('request', 'not in', open)])),
    },
  ];
}

/** The write that gives a reservation back. */
export function releasing({ db }: Pick<Store, 'db'>, owner: string, seq: number): Step {
  const query = db.updateTable('reservations').set({ until: 0 }).where('owner', '=', owner).where('seq', '=', seq);
  return { query };
}
