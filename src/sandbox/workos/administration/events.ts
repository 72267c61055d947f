import { readNames, replyList } from '../list.ts';
import { invalidParameter } from '../problem.ts';
import type { WorkosHandler } from '../realm.ts';
import type { WorkosEvent } from '../state.ts';

/** What happened, the oldest first: of some kinds, in one organization, in a range of time. */
export const listEvents: WorkosHandler = ({ state }, { query }) => {
  const kinds = readNames(query, 'events');
  const organization = query.get('organization_id');
  const [start, end] = [readTime(query, 'range_start'), readTime(query, 'range_end')];
  return replyList(
    query,
    state.events
      .filter(({ event }) => kinds.length === 0 || kinds.includes(event))
      .filter(event => organization === null || organizationOf(event) === organization)
      .filter(({ created_at }) => Date.parse(created_at) >= (start ?? -Infinity))
      .filter(({ created_at }) => Date.parse(created_at) <= (end ?? Infinity)),
    'asc',
  );
};

function organizationOf({ data }: WorkosEvent): unknown {
  const thing = data as { object: string; id: string; organization_id?: string | null };
  return thing.object === 'organization' ? thing.id : thing.organization_id;
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidParameter(name, `${name}_invalid`);
  return time;
}
