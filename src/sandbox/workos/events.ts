import { newId } from './ids.ts';
import type { Realm } from './realm.ts';
import { timestamp } from './state.ts';

/** Notes what happened to a thing, with the thing as it is now. */
export function recordEvent(realm: Pick<Realm, 'state' | 'now'>, event: string, data: object): void {
  const now = realm.now();
  realm.state.events.push({
    object: 'event',
    id: newId('event', now),
    event,
    data: structuredClone(data),
    created_at: timestamp(now),
  });
}
