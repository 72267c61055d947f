import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { lookOf, writeText } from '../message.ts';

/** A message to a channel of Discord by a webhook. */
export const discord = channel({
  name: 'discord',
  summary: 'Discord: a message by a webhook',
  settings: {
    'incoming-url': field('text', 'Address of the incoming webhook', { required: true, secret: true }),
  },
  async send(message, { 'incoming-url': url }, { post }) {
    const { emblem, color } = lookOf(message);
    const title = `${emblem} ${message.title}`.slice(0, 256);
    const description = writeText({ title: message.text, text: '' }, 3_500);
    const embed = { title, description, color, timestamp: new Date(message.at).toISOString() };
    // Nobody is called by what a label holds.
    await post(json(url, { embeds: [embed], allowed_mentions: { parse: [] } }));
  },
});
