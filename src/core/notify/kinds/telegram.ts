import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { lookOf, writeText } from '../message.ts';

/** A message to a chat of Telegram by a bot. */
export const telegram = channel({
  name: 'telegram',
  summary: 'Telegram: a message by a bot',
  settings: {
    token: field('text', 'Token', { required: true, secret: true }),
    chat: field('text', 'Id of the chat, or @name of a channel', { required: true, placeholder: 'id' }),
    url: field('text', "Address of the server; the service's own where absent", {
      default: 'https://api.telegram.org',
      placeholder: 'url',
    }),
  },
  async send(message, { token, chat, url }, { post }) {
    const text = `${lookOf(message).emblem} ${writeText(message, 4_000)}`;
    const isQuiet = message.status === 'resolved' || message.severity === 'info';
    const value = { chat_id: chat, text, disable_notification: isQuiet, link_preview_options: { is_disabled: true } };
    await post(json(new URL(`/bot${encodeURIComponent(token)}/sendMessage`, url), value));
  },
});
