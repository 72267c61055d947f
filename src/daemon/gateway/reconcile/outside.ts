import type { Action } from '../../../core/api.ts';
import type { Item } from '../../../core/resource.ts';

/** What is known of the newest actions of a collection. */
export interface Feed {
  readonly now: number;
  /** Those newer than the newest that was looked at before. */
  readonly actions: readonly Action[];
  /** Ids of those that the daemon has begun, or has told of. */
  readonly known: ReadonlySet<number>;
  /** Images of the project, where a picture of them is needed. */
  readonly images: readonly Item[];
}

/** What to tell, and up to which id the feed has been looked at; undefined where nothing of it is old enough. */
export interface Told {
  readonly outside: readonly Action[];
  readonly newest: number | undefined;
}

/** An action is looked at when it is so old: by then it is entered who began it. Milliseconds. */
export const age = 180_000;
/** What belongs together begins within so many milliseconds. */
const together = 60_000;

/** The actions that somebody began beside the daemon. What Hetzner does by itself is left out: renewed certificates, automatic backups, and what deleting a server brings with it. */
export function findOutside({ now, actions, known, images }: Feed): Told {
  const sorted = [...actions].sort((one, other) => one.id - other.id);
  const young = sorted.findIndex(action => now - Date.parse(action.started) < age);
  const due = young < 0 ? sorted : sorted.slice(0, young);
  const deletions = due.filter(({ id, command }) => known.has(id) && command === 'delete_server');
  const isOutside = (action: Action) =>
    !known.has(action.id) &&
    action.command !== 'issue_certificate' &&
    !(action.command === 'create_image' && isBackup(action, images)) &&
    !deletions.some(deletion => comesWith(action, deletion));
  return { outside: due.filter(isOutside), newest: due.at(-1)?.id };
}

/** Whether an image of that time is an automatic backup: those are bound to their server. */
function isBackup({ started, resources }: Action, images: readonly Item[]): boolean {
  const at = Date.parse(started);
  const servers = resources.filter(({ type }) => type === 'server').map(({ id }) => id);
  return images.some(
    ({ type, bound_to, created }) =>
      type === 'backup' && servers.includes(bound_to) && Math.abs(Date.parse(created) - at) <= together,
  );
}

function comesWith(action: Action, deletion: Action): boolean {
  const after = Date.parse(action.started) - Date.parse(deletion.started);
  const gone = deletion.resources.filter(({ type }) => type === 'server').map(({ id }) => id);
  return (
    after >= 0 && after <= together && action.resources.some(({ id, type }) => type === 'server' && gone.includes(id))
  );
}
