import type { Method } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../resource.ts';
import { commandOf } from './deeds.ts';
import type { Journal, Owed } from './journal.ts';
import type { Deed } from './plan.ts';

/** What a command wants of a server, as it would be written down; `leaveOff` is for a server that is not to be started. */
export function journalFor(
  server: Item,
  goal: Omit<Owed, 'power'>,
  options: { command: string; now: number; stop: Journal['stop']; leaveOff?: boolean },
): Journal {
  const isUp = !['off', 'stopping'].includes(server.status);
  return {
    version: 1,
    server: { id: server.id, name: server.name },
    command: options.command,
    began: new Date(options.now).toISOString().replace(/\.\d+Z$/, 'Z'),
    owes: { ...goal, power: isUp && !options.leaveOff ? 'running' : 'off' },
    stop: options.stop,
  };
}

/** The requests that a journal comes down to when all goes well, as far as the server's state tells. */
export function requestsOf(server: Item, journal: Journal): { method: Method; path: string; body?: object }[] {
  const { image, type, power } = journal.owes;
  const isUp = server.status !== 'off';
  const goal: Deed[] = image ? ['image'] : type && server.server_type?.name !== type.name ? ['change'] : [];
  const deeds: Deed[] = goal.length > 0 && isUp ? ['shutdown', ...goal] : goal;
  if (power === 'running' && (goal.length > 0 || !isUp)) deeds.push('poweron');
  // A change of type boots the server by itself.
  if (power === 'off' && goal.includes('change')) deeds.push('shutdown');
  return deeds.map(deed => ({ method: 'POST', ...commandOf(deed, journal) }));
}

/** Why a server cannot get a type, found before it is stopped for it; `force` goes on where only the stock speaks against it. */
export function checkResize(server: Item, type: Item, force: boolean): Failure | undefined {
  const { name, location } = server;
  const before = server.server_type;
  const no = (why: string, hint?: string) => new Failure('refused', why, { hint });
  for (const key of ['architecture', 'storage_type'] as const) {
    if (before[key] !== type[key]) {
      const what = key.replace('_', ' ');
      return no(`server ${name} has the ${what} ${before[key]}, and type ${type.name} has ${type[key]}`);
    }
  }
  if (type.disk < server.primary_disk_size) {
    return no(
      `the disk of server ${name} (${server.primary_disk_size} GB) does not fit type ${type.name} (${type.disk} GB)`,
      `A disk cannot be made smaller: take a type with ${server.primary_disk_size} GB or more`,
    );
  }
  const place = (type.locations as Item[] | undefined)?.find(one => one.name === location?.name);
  if (type.locations && !place) return no(`type ${type.name} is not offered in ${location?.name}`);
  if (place?.available === false && !force) {
    return no(`type ${type.name} is out of stock in ${location?.name}`, 'Add --force to try all the same');
  }
  return undefined;
}
