import { digestThread } from '../../core/notify/digest.ts';
import type { Pace, Waiting } from '../../core/notify/turn.ts';
import type { Store } from '../../core/store/store.ts';
import type { DeliveryRow } from '../../core/store/tables.ts';
import type { Channel } from './channels.ts';
import { threadOf } from './outbox.ts';

/** A row with the id that the store gave it. */
export type Delivery = Omit<DeliveryRow, 'id'> & { readonly id: number };

/** A row as far as its turn depends on it. */
export interface Queued extends Waiting {
  readonly message: string;
}

const mostRead = 5000;

/** The delivery of a message, undefined when there is none. */
export function readDelivery({ db }: Store, message: string): Promise<Delivery | undefined> {
  return db.selectFrom('deliveries').selectAll().where('message', '=', message).executeTakeFirst();
}

/** What waits on a channel and what is under way, oldest first. */
export async function readQueue({ db }: Store, channel: number): Promise<Queued[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'message', 'thread', 'state', 'attempts', 'next_at', 'created'])
    .where('channel_id', '=', channel)
    .where('state', 'in', ['waiting', 'sending'])
    .orderBy('id')
    .limit(mostRead)
    .execute();
  const digest = threadOf(digestThread);
  const digests = rows.filter(({ thread }) => thread === digest).map(({ message }) => message);
  const covered = new Map<string, string[]>(digests.map(message => [message, []]));
  if (digests.length > 0) {
    const inside = db.selectFrom('deliveries').select(['digest', 'thread']).where('channel_id', '=', channel);
    const folded = inside.where('state', '=', 'folded').where('digest', 'in', digests).distinct();
    for (const one of await folded.execute()) covered.get(one.digest!)?.push(one.thread);
  }
  return rows.map(({ id, message, thread, state, attempts, next_at: nextAt, created }) => ({
    ...{ id, message, attempts, nextAt, created, threads: covered.get(message) ?? [thread] },
    ...{ isDigest: thread === digest, isSending: state === 'sending' },
  }));
}

/** How much a channel may be told. */
export function paceOf({ rate, max_age: maxAge, allowance, allowed_at: allowedAt }: Channel): Pace {
  return { rate, maxAge, allowance, allowedAt };
}
