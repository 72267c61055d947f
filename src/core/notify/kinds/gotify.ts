import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { writeText } from '../message.ts';

const priorities = { critical: 8, warning: 5, info: 2 } as const;

/** A message to a server of Gotify. */
export const gotify = channel({
  name: 'gotify',
  summary: 'Gotify: a message to your own server',
  settings: {
    url: field('text', 'Address of the server', { required: true, placeholder: 'url' }),
    token: field('text', 'Token', { required: true, secret: true }),
  },
  async send({ id, title, text, status, severity }, { url, token }, { post }) {
    const message = writeText({ title: text || title, text: '' }, 10_000);
    const priority = status === 'resolved' ? 2 : priorities[severity];
    const base = url.endsWith('/') ? url : `${url}/`;
    await post(
      json(
        new URL('message', base),
        { title, message, priority, extras: { cloudctl: { id } } },
        { 'x-gotify-key': token },
      ),
    );
  },
});
