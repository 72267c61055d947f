import { Failure } from '../../core/failure.ts';
import { countOf, fold, mostFolded } from '../../core/notify/digest.ts';
import type { Message } from '../../core/notify/message.ts';
import { blocking } from '../../core/notify/turn.ts';
import type { Outcome } from '../../core/queue/queue.ts';
import type { Sending } from './deliver.ts';
import type { Queued } from './deliveries.ts';
import { delivering, deliverKey, messageId } from './outbox.ts';

const longestWait = 30 * 60_000;

/** Puts what waits on the channel into one message, which is sent in its place; nothing of it is dropped. */
export async function foldWaiting(at: Sending, own: Queued, queue: readonly Queued[]): Promise<Outcome> {
  const { tools, job, channel } = at;
  const { db } = tools.store;
  const now = tools.clock.now();
  const waiting = queue.filter(({ isSending }) => !isSending);
  const ids = waiting.map(({ id }) => id);
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'message', 'content'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  const chosen = choose(rows.map(row => ({ ...row, content: JSON.parse(row.content) as Message })));
  const before = blocking(own, waiting).filter(({ id }) => !chosen.some(one => one.id === id));
  // A digest that is full goes by itself, and what comes after it waits for it.
  if (before.length > 0 || !chosen.some(({ id }) => id === own.id))
    return { again: Math.min(now + longestWait, Math.max(now + 1000, ...before.map(({ nextAt }) => nextAt))) };
  const id = messageId('digest', channel.id, ...chosen.map(({ message }) => message));
  const folded = db
    .updateTable('deliveries')
    .set({ state: 'folded', digest: id, finished: now })
    .where(
      'id',
      'in',
      chosen.map(one => one.id),
    )
    .where('state', '=', 'waiting');
  const digest = fold(
    chosen.map(({ content }) => content),
    id,
    now,
  );
  // What was in a digest that is folded itself is in this one now.
  const inside = db
    .updateTable('deliveries')
    .set({ digest: id })
    .where('channel_id', '=', channel.id)
    .where('state', '=', 'folded')
    .where(
      'digest',
      'in',
      chosen.map(({ message }) => message),
    );
  // Nothing is left to be done for each of them.
  const idle = db.updateTable('jobs').set({ state: 'done', finished: now }).where('state', '=', 'waiting');
  const keys = chosen.map(({ message }) => deliverKey(message));
  const steps = [
    job.held(),
    { query: inside },
    { query: folded, changes: chosen.length },
    { query: idle.where('unique_key', 'in', keys).where('unique_key', '!=', job.key) },
    ...delivering(tools, channel.id, digest),
  ];
  if (!(await tools.store.commit(steps))) throw new Failure('conflict', 'what waits on the channel has changed');
  tools.queue.wake();
}

/** As many of the oldest as one message may stand for. */
function choose<T extends { readonly content: Message }>(rows: readonly T[]): T[] {
  const chosen: T[] = [];
  let total = 0;
  for (const row of rows) {
    const count = countOf(row.content);
    if (count >= mostFolded) continue;
    total += count;
    if (total > mostFolded) break;
    chosen.push(row);
  }
  return chosen;
}
