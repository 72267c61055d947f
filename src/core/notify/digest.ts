import { type Message, worstOf } from './message.ts';

/** Messages that a digest stands for at the most. */
export const mostFolded = 2000;

/** The thread of digests. */
export const digestThread = 'digest';

/** One message that stands for several, each with the time that it is of; those of digests are taken out of them. `id` and `now` (milliseconds) are its own. */
export function fold(messages: readonly Message[], id: string, now: number): Message {
  const all = messages.flatMap(one => one.messages ?? [one]);
  const alerts = all.filter(({ status }) => status !== 'resolved');
  const count = all.length === 1 ? '1 message' : `${all.length} messages`;
  return {
    ...{ id, at: now, status: 'digest', severity: worstOf(alerts.map(({ severity }) => severity)) },
    thread: digestThread,
    title: `${count} since ${timeOf(Math.min(now, ...all.map(({ at }) => at)))} in one`,
    text: all.map(({ at, title }) => `${timeOf(at)}  ${title}`).join('\n'),
    ...{ labels: {}, alerts: [], more: 0, messages: all },
  };
}

/** How many messages one stands for. */
export function countOf({ messages }: Pick<Message, 'messages'>): number {
  return messages?.length ?? 1;
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
