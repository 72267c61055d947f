import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import type { Request } from '../../../src/daemon/api/service.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import { addSchedule, type Bench, day, nightly, openBench } from './bench.ts';

export const quick: ScheduleSpec = { ...nightly, keep: { last: 1 }, grace: 0 };
const caller = { ...hostAdmin('anna@example.com'), requestId: 'r-1', address: 'socket' };

export const ask = (request: Partial<Request>): Request => ({
  ...{ caller, input: {}, query: {}, signal: new AbortController().signal },
  ...request,
});

export const deletions = ({ calls }: Bench) => calls.filter(call => call.startsWith('DELETE images/'));
export const creations = ({ calls }: Bench) => calls.filter(call => call.endsWith('create_image'));

export async function events({ store }: Bench, type: string): Promise<Record<string, unknown>[]> {
  const rows = await store.db.selectFrom('events').select('data').where('type', '=', type).execute();
  return rows.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
}

export async function refusals({ store }: Bench, action: string): Promise<(string | null)[]> {
  const rows = await store.db
    .selectFrom('audit')
    .select('reason')
    .where('action', '=', action)
    .where('result', '=', 'refused')
    .execute();
  return rows.map(({ reason }) => reason);
}

/** A bench with so many nights behind it. */
export async function afterNights(
  nights: number,
  spec = quick,
  parts: Parameters<typeof openBench>[0] = {},
): Promise<Bench> {
  const bench = await openBench(parts);
  await addSchedule(bench, spec);
  await bench.pass(nights * day);
  return bench;
}

export const images = ({ project }: Bench) => [...project.images.values()];
export const ids = ({ project }: Bench) => [...project.images.keys()];
