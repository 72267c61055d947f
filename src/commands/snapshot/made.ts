import type { Action } from '../../core/api.ts';
import type { Target } from '../../core/find.ts';
import type { PlannedRequest } from '../../core/rehearse.ts';
import type { Item } from '../../core/resource.ts';
import { snapshot } from '../../core/resources/snapshot.ts';
import type { Format } from '../output/format.ts';
import { writeResults } from '../output/results.ts';
import { lookOf, printRows } from '../run-list.ts';
import type { Session } from '../session.ts';

/** The snapshot of one server, or why there is none. */
export interface Made extends Target {
  readonly image?: Item;
  readonly actions?: readonly Action[];
  readonly requests?: readonly PlannedRequest[];
}

/** Writes what was made: the snapshot itself for one server, a row a server for several; ids are those of the snapshots. */
export async function writeMade(
  session: Session,
  format: Format,
  made: readonly Made[],
  { several, waited }: { several: boolean; waited: boolean },
): Promise<void> {
  const [only] = made;
  if (!several && only?.image && waited && !only.failure && !format.machine && !only.requests) {
    return printRows(session, snapshot, [only.image], format);
  }
  const results = made.map(({ target, image, actions, failure, requests }) => ({
    target,
    id: image?.id,
    ok: !failure,
    message: image && !failure ? describe(image, actions) : undefined,
    value: image && { image },
    actions,
    error: failure,
    requests,
  }));
  await writeResults(session.world.out, format, results, { several, ...lookOf(session) });
}

function describe({ id, image_size }: Item, actions: readonly Action[] = []): string {
  if (typeof image_size === 'number') return `snapshot ${id}, ${image_size.toFixed(2)} GB`;
  const running = actions.filter(({ status }) => status === 'running').map(action => action.id);
  return `snapshot ${id} begun${running.length > 0 ? ` (action ${running.join(', ')})` : ''}`;
}
