import type { Server } from '../../core/hetzner/types.ts';
import type { Step } from '../../core/store/store.ts';
import type { RunRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import type { Schedule } from './schedule.ts';

/** What is known of a server when its backup becomes due. */
export type Known = Pick<Server, 'id' | 'name'>;

/** A new run of a schedule for one server. */
export function newRun(
  { random }: Pick<Tools, 'random'>,
  schedule: Schedule,
  server: Known,
  due: number,
  kind: RunRow['kind'] = 'backup',
): RunRow {
  return {
    id: randomId(random),
    kind,
    schedule_id: schedule.id,
    schedule_name: schedule.name,
    server_id: server.id,
    server_name: server.name,
    due,
    state: 'waiting',
    step: 'begin',
    data: '{}',
    image_id: null,
    reason: null,
    started: null,
    finished: null,
  };
}

/** 32 hexadecimal digits: an image carries them for as long as it exists, so that no later run may have the same. */
function randomId(random: () => number): string {
  const part = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return part() + part() + part() + part();
}

/** The write that moves a schedule on; undoes its commit when another daemon has, or the schedule was changed. */
export function advance(
  { store }: Tools,
  schedule: Schedule,
  set: { readonly next_due?: number; readonly last_due?: number | null; next_verify?: number; last_verify?: number },
): Step {
  const column = 'next_verify' in set ? 'next_verify' : 'next_due';
  const query = store.db
    .updateTable('schedules')
    .set(set)
    .where('id', '=', schedule.id)
    .where('version', '=', schedule.version)
    .where('paused', '=', 0)
    .where(column, '=', schedule[column]);
  return { query, changes: 1 };
}
