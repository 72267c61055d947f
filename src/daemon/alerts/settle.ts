import { Failure } from '../../core/failure.ts';
import type { Message } from '../../core/notify/message.ts';
import { decide } from '../../core/notify/retry.ts';
import type { Outcome } from '../../core/queue/queue.ts';
import { happened } from '../../core/store/happened.ts';
import type { Step } from '../../core/store/store.ts';
import type { Sending } from './deliver.ts';
import { noticing } from './notice.ts';
import { deliverKey } from './outbox.ts';

/** Milliseconds of failing after which the fallback is told, while the tries go on. */
const tellAfter = 3_600_000;

/** Marks a message as taken. What waits for another try on the channel is tried now, since it works again. */
export async function sent(at: Sending): Promise<Outcome> {
  const { tools, channel, row } = at;
  const now = tools.clock.now();
  const done = { state: 'done', finished: now, error_code: null, error_message: null } as const;
  const works = { failing_since: null, told: 0, error: null, sent: now };
  const again = channel.failing_since === null ? [] : await tryNow(at, now);
  const event = happened(tools.store, now, 'delivery.done', about(at));
  await commit(at, [...writes(at, done, works), ...again, event]);
  tools.queue.wake();
  tools.log.info('message sent', { channel: channel.name, message: row.message });
}

/** Notes that it was not taken, and why: it is tried again, or given up. */
export async function failed(at: Sending, failure: Failure): Promise<Outcome> {
  const { tools, channel, row } = at;
  const now = tools.clock.now();
  const verdict = decide(failure, row.attempts, now, tools.random());
  const reason = failure.code === 'unexpected' ? 'a fault of the daemon' : failure.message;
  if (failure.code === 'unexpected') tools.log.error('a channel failed', { channel: channel.name, error: failure });
  if (typeof verdict === 'string') return giveUp(at, reason, { code: failure.code, disable: verdict === 'disable' });
  const since = channel.failing_since ?? now;
  const isToTell = channel.told === 0 && now - since >= tellAfter;
  const { retryAfter } = (failure.details ?? {}) as { readonly retryAfter?: number };
  const failing = {
    ...{ failing_since: since, error: reason, told: Number(isToTell || channel.told === 1) },
    // Whoever says when to come again means all that goes there.
    ...(retryAfter !== undefined && { allowance: 1, allowed_at: now + retryAfter }),
  };
  const error = { error_code: failure.code, error_message: reason };
  const waits = { state: 'waiting', attempts: row.attempts + 1, next_at: verdict.retryAt, ...error } as const;
  const title = `Channel ${channel.name} has taken no message since ${new Date(since).toISOString()}`;
  const about = `${row.message}/${row.attempts}`;
  const notice = isToTell ? await noticing(tools, channel, { title, text: `${reason}\nThe tries go on.`, about }) : [];
  await commit(at, [...writes(at, waits, failing), ...notice]);
  tools.log.warn('message not taken', {
    channel: channel.name,
    message: row.message,
    reason,
    attempts: waits.attempts,
  });
  return { again: verdict.retryAt };
}

/** Gives a message up, and says so where somebody hears it. */
export async function giveUp(
  at: Sending,
  reason: string,
  { code = 'refused', disable = false }: { readonly code?: Failure['code']; readonly disable?: boolean } = {},
): Promise<Outcome> {
  const { tools, channel, row } = at;
  const now = tools.clock.now();
  const message = JSON.parse(row.content) as Message;
  const dead = { ...{ state: 'dead' as const, finished: now }, error_code: code, error_message: reason };
  const state = { error: reason, ...(disable && { disabled: reason }) };
  const title =
    `Channel ${channel.name} ${disable ? 'is disabled, and' : ''} did not take: ${message.title}`.replaceAll('  ', ' ');
  const text = [reason, `Of ${new Date(message.at).toISOString()}:`, message.title, message.text].join('\n');
  const onlyInbox = message.status === 'notice';
  await commit(at, [
    ...writes(at, dead, state),
    happened(tools.store, now, 'delivery.dead', { ...about(at), reason }),
    ...(disable ? [happened(tools.store, now, 'channel.disabled', { channel: channel.name, reason })] : []),
    ...(await noticing(tools, channel, { title, text, about: row.message, onlyInbox })),
  ]);
  tools.queue.wake();
  tools.log.error('message given up', { channel: channel.name, message: row.message, reason });
}

/** The writes that set the delivery and the channel; the channel may have been deleted. */
function writes({ tools, row, channel }: Sending, delivery: object, state: object): Step[] {
  const { db } = tools.store;
  const query = db.updateTable('deliveries').set(delivery).where('id', '=', row.id).where('state', '=', row.state);
  const channels = db.updateTable('channels').set(({ eb }) => ({ ...state, version: eb('version', '+', 1) }));
  return [{ query, changes: 1 }, { query: channels.where('id', '=', channel.id) }];
}

async function tryNow({ tools, channel, row }: Sending, now: number): Promise<Step[]> {
  const { db } = tools.store;
  const waiting = db.selectFrom('deliveries').select(['id', 'message']).where('channel_id', '=', channel.id);
  const rows = await waiting.where('state', '=', 'waiting').where('id', '!=', row.id).limit(500).execute();
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const keys = rows.map(({ message }) => deliverKey(message));
  const due = db.updateTable('deliveries').set({ next_at: now }).where('id', 'in', ids).where('next_at', '>', now);
  const jobs = db.updateTable('jobs').set({ run_at: now }).where('unique_key', 'in', keys);
  return [{ query: due }, { query: jobs.where('state', '=', 'waiting').where('run_at', '>', now) }];
}

async function commit({ tools, job }: Sending, steps: readonly Step[]): Promise<void> {
  if (await tools.store.commit([job.held(), ...steps])) return;
  throw new Failure('conflict', `job ${job.key} is no longer held`);
}

function about({ channel, row }: Sending) {
  return { channel: { id: channel.id, name: channel.name }, message: row.message };
}
