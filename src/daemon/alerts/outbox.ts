import { createHash } from 'node:crypto';
import type { Message } from '../../core/notify/message.ts';
import { happened } from '../../core/store/happened.ts';
import type { Step } from '../../core/store/store.ts';
import type { Tools } from '../tools.ts';
import type { Channel } from './channels.ts';

type OutTools = Pick<Tools, 'store' | 'queue' | 'clock'>;

/** The writes that have a message told by a channel, for the commit of what it tells of: a row and the job that sends it, or a line of the inbox. Each channel has an id of its own for it, always the same. */
export function outgoing(tools: OutTools, channel: Pick<Channel, 'id' | 'type'>, given: Message): Step[] {
  const message = { ...given, id: `${given.id}.${channel.id}` };
  return channel.type === 'inbox' ? intoInbox(tools, message) : delivering(tools, channel.id, message);
}

/** The writes of one delivery. */
export function delivering({ store, queue, clock }: OutTools, channel: number, message: Message): Step[] {
  const now = clock.now();
  const row = {
    ...{ message: message.id, channel_id: channel, thread: threadOf(message.thread) },
    ...{ content: JSON.stringify(message), state: 'waiting' as const, attempts: 0, next_at: now, created: now },
  };
  const insert = { query: store.db.insertInto('deliveries').values(row), changes: 'any' as const };
  return [insert, queue.adding({ name: 'deliver', key: deliverKey(message.id), payload: { message: message.id } })];
}

function intoInbox({ store, clock }: OutTools, message: Message): Step[] {
  const { id, at, status, severity, title } = message;
  const row = { message: id, at, status, severity, title, content: JSON.stringify(message) };
  return [
    { query: store.db.insertInto('inbox').values(row), changes: 'any' },
    happened(store, clock.now(), 'inbox.new', { message: id, status, severity, title }),
  ];
}

/** The key of the job that sends a message. */
export function deliverKey(message: string): string {
  return `deliver/${message}`;
}

/** A thread as short as the store needs it. */
export function threadOf(thread: string): string {
  return hashOf(thread).slice(0, 40);
}

/** An id that is the same for the same parts: `msg_` and 32 hexadecimal digits. */
export function messageId(...parts: readonly (string | number)[]): string {
  return `msg_${hashOf(JSON.stringify(parts)).slice(0, 32)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
