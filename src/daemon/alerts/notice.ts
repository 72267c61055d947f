import type { Message } from '../../core/notify/message.ts';
import type { Step } from '../../core/store/store.ts';
import { type Channel, readChannels } from './channels.ts';
import { messageId, outgoing } from './outbox.ts';
import type { AlertTools } from './tools.ts';

/** The writes that tell those whom the fallback is that a channel does not do: channels marked so that work, and the inbox where there is none or they are meant themselves. */
export async function noticing(
  tools: AlertTools,
  channel: Pick<Channel, 'id' | 'name'>,
  what: { readonly title: string; readonly text: string; readonly about: string; readonly onlyInbox?: boolean },
): Promise<Step[]> {
  const { title, text, about, onlyInbox = false } = what;
  const at = tools.clock.now();
  const message: Message = {
    ...{ id: messageId('notice', about, at), at, status: 'notice', severity: 'critical', title, text },
    ...{ thread: `channel/${channel.id}`, labels: { channel: channel.name }, alerts: [], more: 0 },
  };
  const all = await readChannels(tools.store);
  const isFit = (one: Channel) => one.fallback === 1 && one.disabled === null && one.id !== channel.id;
  const fallbacks = onlyInbox ? [] : all.filter(isFit);
  const inbox = all.filter(({ type }) => type === 'inbox');
  return (fallbacks.length > 0 ? fallbacks : inbox).flatMap(one => outgoing(tools, one, message));
}
