import type { Store } from '../../core/store/store.ts';

const day = 86_400_000;
/** States are kept for three years, so that the uptime of two whole ones can be told. */
const keptFor = 3 * 366 * day;

/** Forgets states that ended too long ago to be told of. */
export async function pruneStates({ db }: Store, now: number): Promise<void> {
  await db
    .deleteFrom('states')
    .where('ended', '<', now - keptFor)
    .execute();
}
