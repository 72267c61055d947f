import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { lookOf, writeText } from '../message.ts';

/** A message to a channel of Slack (or Mattermost) by an incoming webhook. */
export const slack = channel({
  name: 'slack',
  summary: 'Slack, Mattermost: a message by an incoming webhook',
  settings: {
    'incoming-url': field('text', 'Address of the incoming webhook', { required: true, secret: true }),
  },
  async send(message, { 'incoming-url': url }, { post }) {
    const { emblem, color } = lookOf(message);
    const { title, text } = message;
    const escaped = (plain: string) => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const body = escaped(writeText({ title: text, text: '' }, 10_000));
    const attachments = text === '' ? [] : [{ color: `#${color.toString(16).padStart(6, '0')}`, text: body }];
    await post(json(url, { text: `${emblem} *${escaped(title)}*`, attachments }));
  },
});
