import { happened } from '../../../core/store/happened.ts';
import { version } from '../../../core/version.ts';
import type { Tools } from '../../tools.ts';
import type { Service } from '../service.ts';

/** Who stopped all deletions. */
export interface Frozen {
  /** RFC 3339. */
  readonly since: string;
  readonly by: string;
  readonly reason: string | null;
}

/** Who stopped all deletions, as the store has it; undefined when nobody did. */
export async function readFrozen({ store }: Pick<Tools, 'store'>): Promise<Frozen | undefined> {
  const row = await store.db.selectFrom('meta').select('value').where('name', '=', 'frozen').executeTakeFirst();
  return row && (JSON.parse(row.value) as Frozen);
}

/** What the daemon does about itself; `more` is what else its status tells. */
export function daemonService(
  tools: Pick<Tools, 'store' | 'queue' | 'clock'>,
  more: () => Promise<Readonly<Record<string, unknown>>> = async () => ({}),
): Service {
  const { store, queue, clock } = tools;
  const { db } = store;
  const started = new Date(clock.now()).toISOString();
  const status = async () => ({
    status: {
      version,
      started,
      store: store.dialect,
      frozen: (await readFrozen(tools)) ?? null,
      jobs: await queue.counts(),
      ...(await more()),
    },
  });
  return {
    status,
    async freeze({ caller, input }) {
      const now = clock.now();
      const frozen: Frozen = {
        since: new Date(now).toISOString(),
        by: caller.name,
        reason: (input.reason as string | undefined) ?? null,
      };
      const insert = db.insertInto('meta').values({ name: 'frozen', value: JSON.stringify(frozen) });
      // Frozen already is frozen: the first one's name and reason stay.
      await store.commit([{ query: insert, changes: 1 }, happened(store, now, 'daemon.frozen', frozen)]);
      return status();
    },
    async unfreeze({ caller }) {
      const remove = db.deleteFrom('meta').where('name', '=', 'frozen');
      const told = happened(store, clock.now(), 'daemon.unfrozen', { by: caller.name });
      await store.commit([{ query: remove, changes: 1 }, told]);
      return status();
    },
  };
}
