import { Failure } from '../../../core/failure.ts';
import type { Message } from '../../../core/notify/message.ts';
import type { Channel } from '../channels.ts';
import { messageId, outgoing } from '../outbox.ts';
import type { AlertTools } from '../tools.ts';

const patience = 40_000;
const interval = 200;

/** Sends a message by the queue, and resolves when it was taken; throws `refused` with the reason when it was not, while further tries go on. */
export async function testChannel(
  tools: AlertTools,
  channel: Channel,
  request: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, queue } = tools;
  if (channel.disabled !== null)
    throw new Failure('refused', `channel ${channel.name} is disabled: ${channel.disabled}`, {
      hint: `cloudctl channel enable ${channel.name}`,
    });
  const begun = clock.now();
  const message = testMessage(channel, messageId('test', channel.id, request, begun), begun);
  await store.commit(outgoing(tools, channel, message));
  queue.wake();
  if (channel.type === 'inbox') return;
  const deliveries = store.db.selectFrom('deliveries').select(['state', 'attempts', 'error_message']);
  const own = deliveries.where('message', '=', `${message.id}.${channel.id}`);
  while (clock.now() - begun < patience) {
    const row = await own.executeTakeFirst();
    if (row?.state === 'done' || row?.state === 'folded') return;
    if (row && (row.state === 'dead' || row.attempts > 0)) {
      const hint =
        row.state === 'dead' ? undefined : 'It is tried again: cloudctl channel describe shows what comes of it';
      throw new Failure('refused', `channel ${channel.name} did not take it: ${row.error_message}`, { hint });
    }
    await clock.sleep(interval, signal);
  }
  throw new Failure('timeout', `channel ${channel.name}: the message waits still`, { hint: 'cloudctl job list' });
}

function testMessage(channel: Channel, id: string, at: number): Message {
  return {
    ...{ id, at, status: 'test', severity: 'info', thread: `test/${id}`, title: `Test of channel ${channel.name}` },
    text: 'This is a test by cloudctl channel test. Nothing is wrong.',
    ...{ labels: { channel: channel.name }, alerts: [], more: 0 },
  };
}
