import { happened } from '../../core/store/happened.ts';
import type { Request } from '../api/service.ts';
import type { Tools } from '../tools.ts';
import { readMeta, writeMeta } from './clock.ts';
import { change, entryBy } from './service/common.ts';

/** Since when, by whom and why nothing is deleted by itself. */
export interface Freeze {
  readonly since: number;
  readonly by: string;
  readonly reason: string;
}

/** The freeze that holds, undefined when none does. */
export async function readFreeze({ store }: Pick<Tools, 'store'>): Promise<Freeze | undefined> {
  const text = await readMeta(store, 'frozen');
  return text === undefined ? undefined : (JSON.parse(text) as Freeze);
}

/** Stops every automated deletion from now on, until `unfreeze`. */
export async function freeze(tools: Tools, request: Request, reason: string): Promise<void> {
  const { store, clock } = tools;
  const frozen: Freeze = { since: clock.now(), by: request.caller.name, reason };
  const entry = entryBy(request, 'daemon.freeze', { type: 'daemon', id: 'daemon' }, { reason });
  const event = happened(store, clock.now(), 'daemon.frozen', { by: frozen.by, reason });
  await change(tools, entry, [...writeMeta(store, 'frozen', JSON.stringify(frozen)), event]);
}

/** Lets automated deletions go on. */
export async function unfreeze(tools: Tools, request: Request): Promise<void> {
  const { store, clock } = tools;
  const query = store.db.deleteFrom('meta').where('name', '=', 'frozen');
  const entry = entryBy(request, 'daemon.unfreeze', { type: 'daemon', id: 'daemon' });
  const event = happened(store, clock.now(), 'daemon.unfrozen', { by: request.caller.name });
  await change(tools, entry, [{ query }, event]);
}
