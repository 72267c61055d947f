import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { lookOf, writeText } from '../message.ts';

/** A card in a channel of Microsoft Teams by a workflow. */
export const teams = channel({
  name: 'teams',
  summary: 'Microsoft Teams: a card by a workflow that takes webhooks',
  settings: {
    'incoming-url': field('text', 'Address of the incoming webhook', { required: true, secret: true }),
  },
  async send(message, { 'incoming-url': url }, { post }) {
    const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
    const title = block(`${lookOf(message).emblem} ${message.title}`, { weight: 'bolder', size: 'medium' });
    const lines = writeText({ title: message.text, text: '' }, 15_000);
    const content = {
      ...{ $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4' },
      body: [title, ...(lines === '' ? [] : [block(lines.replaceAll('\n', '\n\n'))])],
    };
    const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
    await post(json(url, { type: 'message', attachments }));
  },
});
