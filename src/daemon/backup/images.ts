import type { Image } from '../../core/hetzner/types.ts';
import type { ImageRow, RunRow } from '../../core/store/tables.ts';

/** The states of an image that may be at Hetzner still. */
export const present = ['creating', 'good', 'failed', 'duplicate'] as const;

/** Whether it may be at Hetzner still. */
export function isPresent({ state }: Pick<ImageRow, 'state'>): boolean {
  return state !== 'gone' && state !== 'deleted';
}

/** What the store writes down of an image when it first sees it; it becomes good when its run or a later look finds it finished. */
export function rowOf(
  run: Pick<RunRow, 'id' | 'schedule_id' | 'schedule_name' | 'server_id' | 'server_name'>,
  image: Image,
  now: number,
): ImageRow {
  return {
    id: image.id,
    run_id: run.id,
    schedule_id: run.schedule_id,
    schedule_name: run.schedule_name,
    server_id: run.server_id,
    server_name: run.server_name,
    created: Date.parse(image.created),
    size: image.image_size,
    state: 'creating',
    protected: Number(image.protection.delete),
    hold_reason: null,
    hold_until: null,
    delete_after: null,
    delete_reason: null,
    verified: null,
    unmanaged: 0,
    released: 0,
    seen: now,
  };
}

/** The state of an image by what is known of it: `first` when no other image of its run counts. */
export function stateOf(
  image: Image,
  row: Pick<ImageRow, 'state'>,
  facts: { readonly first: boolean; readonly runs: boolean },
): ImageRow['state'] {
  if (image.status === 'unavailable') return 'failed';
  if (row.state === 'failed') return 'failed';
  if (!facts.first) return 'duplicate';
  // While its run goes on, that one decides when the action has ended.
  if (row.state === 'good' || (image.status === 'available' && !facts.runs)) return 'good';
  return 'creating';
}

/** Whether a person holds it at `now` (milliseconds). */
export function isHeld(row: Pick<ImageRow, 'hold_reason' | 'hold_until'>, now: number): boolean {
  return row.hold_reason !== null && (row.hold_until === null || row.hold_until > now);
}
