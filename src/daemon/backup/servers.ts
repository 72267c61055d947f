import { collect } from '../../core/api.ts';
import { type Choice, type ChoiceNotice, chooseServers, sharedServers } from '../../core/backup/choose.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { Server } from '../../core/hetzner/types.ts';
import type { Tools } from '../tools.ts';
import type { Known } from './new-run.ts';
import { readSchedules } from './schedule.ts';

type Chosen = Pick<ScheduleSpec, 'servers' | 'selector' | 'exclude'>;

/** Which servers schedules mean; each list of the API is read once. */
export interface Servers {
  /** With `formerly` a name that no server has any more is followed to the server that had it. Throws what Hetzner answers. */
  choose(spec: Chosen, formerly?: () => Promise<readonly Known[]>): Promise<Choice<Server>>;
}

/** The project's servers, read when they are first asked for. */
export function readServers({ hetzner }: Pick<Tools, 'hetzner'>): Servers {
  const lists = new Map<string, Promise<Server[]>>();
  const list = (selector: string) => {
    const read =
      lists.get(selector) ??
      collect(hetzner.list<Server>('servers', selector === '' ? {} : { label_selector: selector }));
    lists.set(selector, read);
    return read;
  };
  return {
    async choose(spec, formerly) {
      const servers = await list('');
      const selected = spec.selector === undefined ? null : await list(spec.selector);
      const choice = chooseServers(spec, { servers, selected });
      if (!formerly || !choice.notices.some(({ kind }) => kind === 'unknown')) return choice;
      return chooseServers(spec, { servers, selected, formerly: await formerly() });
    },
  };
}

/** The servers that a schedule has backed up, by the names they had then, the newest first. */
export function readFormer({ store }: Pick<Tools, 'store'>, schedule: number): () => Promise<readonly Known[]> {
  return () =>
    store.db
      .selectFrom('runs')
      .select(({ fn }) => ['server_id as id', 'server_name as name', fn.max('due').as('due')])
      // Every server that was tested was backed up before; the index begins with the kind.
      .where('kind', '=', 'backup')
      .where('schedule_id', '=', schedule)
      .groupBy(['server_id', 'server_name'])
      .orderBy('due', 'desc')
      .execute();
}

/** A notice for each server of a schedule that others, which are not paused, back up as well. */
export async function noticeShared(
  { store }: Pick<Tools, 'store'>,
  servers: Servers,
  own: { readonly id: number },
  chosen: readonly Known[],
): Promise<readonly ChoiceNotice[]> {
  const others = (await readSchedules(store)).filter(({ id, paused }) => id !== own.id && !paused);
  const choices = others.map(async ({ name, spec }) => ({
    schedule: name,
    servers: (await servers.choose(spec)).servers,
  }));
  return sharedServers(chosen, await Promise.all(choices));
}
