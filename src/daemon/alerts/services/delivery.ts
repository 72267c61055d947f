import { Failure } from '../../../core/failure.ts';
import type { Message } from '../../../core/notify/message.ts';
import type { Step } from '../../../core/store/store.ts';
import type { Request, Service } from '../../api/service.ts';
import { pageOf } from '../../api/services/page.ts';
import { timeOf } from '../../backup/service/common.ts';
import { readChannels } from '../channels.ts';
import type { Delivery } from '../deliveries.ts';
import { deliverKey } from '../outbox.ts';
import type { AlertTools } from '../tools.ts';

/** What can be done with messages on their way. */
export function deliveryService(tools: AlertTools): Service {
  return {
    list: request => list(tools, request),
    describe: async ({ id }) => answer(tools, id!),
    retry: async ({ id }) => {
      await retry(tools, await find(tools, id!));
      return answer(tools, id!);
    },
  };
}

async function list({ store }: AlertTools, { input, query }: Request) {
  const { state = ['waiting', 'sending', 'dead'], channel } = input as {
    state?: Delivery['state'][];
    channel?: string;
  };
  const { limit, offset, ascending, name: message } = pageOf(query);
  const channels = await readChannels(store);
  let matching = store.db.selectFrom('deliveries');
  // Who names a message means it whatever became of it.
  if (message !== undefined) matching = matching.where('message', '=', message);
  else matching = matching.where('state', 'in', state);
  if (channel !== undefined) {
    const found = channels.find(one => one.name === channel || String(one.id) === channel);
    if (!found) throw new Failure('not_found', `channel not found: ${channel}`, { hint: 'cloudctl channel list' });
    matching = matching.where('channel_id', '=', found.id);
  }
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const sorted = matching.selectAll().orderBy('id', ascending ? 'asc' : 'desc');
  const rows = await sorted.limit(limit).offset(offset).execute();
  const names = new Map(channels.map(({ id, name }) => [id, name]));
  return { rows: rows.map(row => show(row, names.get(row.channel_id))), total: Number(total) };
}

/** Has the message sent as if it had never been tried; what waits is sent now. */
async function retry(tools: AlertTools, row: Delivery): Promise<void> {
  const { store, queue, clock } = tools;
  const { db } = store;
  const now = clock.now();
  if (row.state === 'sending') return;
  if (row.state !== 'dead' && row.state !== 'waiting')
    throw new Failure('refused', `message ${row.message} is ${row.state}: only one that waits or is dead can be sent`);
  const channel = (await readChannels(store)).find(({ id }) => id === row.channel_id);
  if (!channel) throw new Failure('refused', `message ${row.message}: its channel was deleted`);
  if (channel.disabled !== null)
    throw new Failure('refused', `channel ${channel.name} is disabled: ${channel.disabled}`, {
      hint: `cloudctl channel enable ${channel.name}`,
    });
  if (row.state === 'dead' && (await isOvertaken(tools, row)))
    throw new Failure('refused', `message ${row.message}: what came of it has been told since`, {
      hint: `cloudctl delivery describe ${row.id} shows what it said`,
    });
  const key = deliverKey(row.message);
  const job = await db.selectFrom('jobs').select(['id', 'state']).where('unique_key', '=', key).executeTakeFirst();
  if (job?.state === 'active')
    throw new Failure('conflict', `message ${row.message} is under way`, { hint: 'Try again' });
  // Written now, so that it is told whole: what has waited for long comes in a digest.
  const fresh = { attempts: 0, created: now, finished: null };
  const set = { state: 'waiting' as const, next_at: now, ...(row.state === 'dead' && fresh) };
  const working = db.updateTable('jobs').set({ state: 'waiting', run_at: now, attempts: 0, finished: null });
  const steps: Step[] = [
    {
      query: db.updateTable('deliveries').set(set).where('id', '=', row.id).where('state', '=', row.state),
      changes: 1,
    },
    job
      ? { query: working.where('id', '=', job.id).where('state', '=', job.state), changes: 1 }
      : queue.adding({ name: 'deliver', key, payload: { message: row.message } }),
  ];
  if (!(await store.commit(steps)))
    throw new Failure('conflict', `message ${row.message} has changed`, { hint: 'Try again' });
  queue.wake();
}

/** Whether a later message of the same thread was taken, by itself or in a digest: to tell now that something begins would be wrong. */
async function isOvertaken({ store }: AlertTools, row: Delivery): Promise<boolean> {
  const { db } = store;
  const later = await db
    .selectFrom('deliveries')
    .select(['state', 'digest'])
    .where('channel_id', '=', row.channel_id)
    .where('thread', '=', row.thread)
    .where('id', '>', row.id)
    .where('state', 'in', ['done', 'folded'])
    .execute();
  if (later.some(({ state }) => state === 'done')) return true;
  const digests = [...new Set(later.flatMap(({ digest }) => digest ?? []))];
  if (digests.length === 0) return false;
  const taken = db.selectFrom('deliveries').select('id').where('message', 'in', digests).where('state', '=', 'done');
  return (await taken.limit(1).execute()).length > 0;
}

async function find({ store }: AlertTools, id: number): Promise<Delivery> {
  const row = await store.db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `message not found: ${id}`, { hint: 'cloudctl delivery list' });
}

async function answer(tools: AlertTools, id: number): Promise<unknown> {
  const row = await find(tools, id);
  const channel = (await readChannels(tools.store)).find(one => one.id === row.channel_id);
  return { delivery: show(row, channel?.name) };
}

function show(row: Delivery, channel: string | undefined): Record<string, unknown> {
  const { id, message, state, attempts, digest } = row;
  const { title, text, status, severity, at } = JSON.parse(row.content) as Message;
  const isOpen = state === 'waiting' || state === 'sending';
  return {
    ...{ id, message, channel: channel ?? null, state, title, text, status, severity, at: timeOf(at), attempts },
    ...{ next: isOpen ? timeOf(row.next_at) : null, error: row.error_message, digest },
    finished: timeOf(row.finished),
  };
}
