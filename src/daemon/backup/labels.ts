import type { Image } from '../../core/hetzner/types.ts';
import type { ImageRow, RunRow } from '../../core/store/tables.ts';

/** The labels by which the daemon knows its images again; the description is for people only. */
export const label = {
  schedule: 'cloudctl/schedule',
  run: 'cloudctl/run',
  server: 'cloudctl/server',
  deleteAfter: 'cloudctl/delete-after',
} as const;

type Labels = Readonly<Record<string, string>>;

/** The labels of an image made by a run. */
export function labelsOf(run: Pick<RunRow, 'id' | 'schedule_id' | 'server_id'>): Record<string, string> {
  return {
    [label.schedule]: String(run.schedule_id),
    [label.run]: run.id,
    [label.server]: String(run.server_id),
  };
}

/** How an image's labels stand to what the store knows of it: `wiped` when some are gone, `other` when one has another value. */
export function compareLabels(labels: Labels, row: Pick<ImageRow, 'run_id' | 'schedule_id' | 'server_id'>) {
  const { run_id: id, schedule_id, server_id } = row;
  const wanted = Object.entries(labelsOf({ id, schedule_id, server_id }));
  if (wanted.every(([key, value]) => labels[key] === value)) return 'ours';
  return wanted.every(([key, value]) => (labels[key] ?? value) === value) ? 'wiped' : 'other';
}

/** Whether an image is of that server, as far as Hetzner says. */
export function isOf(image: Pick<Image, 'created_from'>, server: number): boolean {
  return !image.created_from || image.created_from.id === server;
}
