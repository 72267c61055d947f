import { Failure, toFailure } from '../../core/failure.ts';
import type { Message } from '../../core/notify/message.ts';
import { kindOf } from '../../core/notify/settings.ts';
import { applyTemplates } from '../../core/notify/template.ts';
import { allowanceAt, takeTurn } from '../../core/notify/turn.ts';
import type { Job, Outcome } from '../../core/queue/queue.ts';
import type { Step } from '../../core/store/store.ts';
import { type Channel, openSettings, readChannel } from './channels.ts';
import { type Delivery, paceOf, type Queued, readDelivery, readQueue } from './deliveries.ts';
import { foldWaiting } from './fold.ts';
import { failed, giveUp, sent } from './settle.ts';
import type { AlertTools } from './tools.ts';

/** A message in the hands of its job. */
export interface Sending {
  readonly tools: AlertTools;
  readonly job: Job<'deliver'>;
  readonly row: Delivery;
  readonly channel: Channel;
}

/** Milliseconds until a job looks again after trouble of the daemon's own. */
const patience = 5_000;
/** Sent at once by this process: other jobs shall not wait for receivers that hang. */
const mostAtOnce = 4;

/** The handler of messages that wait: it claims one, sends it, and marks it; after a crash in between it sends the same again. */
export function createDeliver(tools: AlertTools): (job: Job<'deliver'>) => Promise<Outcome> {
  const underWay = new Set<string>();
  return async job => {
    if (underWay.size >= mostAtOnce) return { again: tools.clock.now() + 1000 };
    underWay.add(job.key);
    try {
      return await deliver(tools, job);
    } catch (error) {
      // Another daemon was first, or the store is away: nothing is given up for that.
      if (job.signal.aborted || !(error instanceof Failure)) throw error;
      tools.log.warn('a message waits', { job: job.key, reason: error.message });
      return { again: tools.clock.now() + patience };
    } finally {
      underWay.delete(job.key);
    }
  };
}

async function deliver(tools: AlertTools, job: Job<'deliver'>): Promise<Outcome> {
  const now = tools.clock.now();
  const row = await readDelivery(tools.store, job.payload.message);
  if (!row || (row.state !== 'waiting' && row.state !== 'sending')) return;
  const channel = await readChannel(tools.store, row.channel_id).catch(() => undefined);
  if (!channel) return giveUp({ tools, job, row, channel: gone(row) }, 'the channel was deleted');
  const at = { tools, job, row, channel };
  if (channel.disabled !== null) return giveUp(at, `the channel is disabled: ${channel.disabled}`);
  if (row.state === 'waiting') {
    if (row.next_at > now) return { again: row.next_at };
    const queue = await readQueue(tools.store, channel.id);
    const own = queue.find(({ id }) => id === row.id);
    if (!own) return { again: now + 1000 };
    const turn = takeTurn(own, queue, paceOf(channel), now);
    if (turn === 'fold') return foldWaiting(at, own, queue as readonly Queued[]);
    if (turn !== 'send') return turn;
  }
  return send(await claim(at, now));
}

/** Writes that the message is being sent, and by whom: one of a channel at a time. */
async function claim(at: Sending, now: number): Promise<Sending> {
  const { tools, job, row, channel } = at;
  const { db } = tools.store;
  const set = { allowance: allowanceAt(paceOf(channel), now) - 1, allowed_at: now, version: channel.version + 1 };
  const taking = db.updateTable('deliveries').set({ state: 'sending' }).where('id', '=', row.id);
  const pacing = db.updateTable('channels').set(set).where('id', '=', channel.id);
  const steps: Step[] = [
    job.held(),
    { query: taking.where('state', '=', row.state), ...(row.state === 'waiting' && { changes: 1 }) },
    { query: pacing.where('version', '=', channel.version), changes: 1 },
  ];
  if (!(await tools.store.commit(steps))) throw new Failure('conflict', 'another message of the channel was first');
  return { ...at, row: { ...row, state: 'sending' }, channel: { ...channel, ...set } };
}

async function send(at: Sending): Promise<Outcome> {
  const { tools, job, row, channel } = at;
  let failure: Failure | undefined;
  try {
    const kind = kindOf(channel.type);
    const message = applyTemplates(JSON.parse(row.content) as Message, channel);
    const settings = openSettings(channel, tools);
    await job.renew();
    await kind.send(message, settings as never, tools.sending(job.signal));
  } catch (error) {
    if (job.signal.aborted) throw error;
    failure = toFailure(error);
  }
  return failure ? failed(at, failure) : sent(at);
}

function gone({ channel_id: id }: Delivery): Channel {
  return { id, name: String(id), version: 0 } as Channel;
}
