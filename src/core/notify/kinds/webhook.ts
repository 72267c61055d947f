import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { readSigningKey, signWebhook } from '../sign.ts';

/** JSON to any address, signed as Standard Webhooks says. */
export const webhook = channel({
  name: 'webhook',
  summary: 'JSON to an address, signed as Standard Webhooks says',
  settings: {
    url: field('text', 'Address of the server', { required: true, placeholder: 'url' }),
    secret: field('text', 'Secret of the signature, whsec_ and base64', { secret: true }),
    'previous-secret': field('text', 'The secret before, which signs too while receivers change', { secret: true }),
  },
  check({ secret, 'previous-secret': previous }) {
    for (const one of [secret, previous]) if (one !== undefined) readSigningKey(one);
  },
  async send(message, { url, secret, 'previous-secret': previous }, { post, now }) {
    const { id, at, status, thread, ...data } = message;
    const value = {
      type: `alert.${status}`,
      timestamp: new Date(at).toISOString(),
      data: { id, thread, status, ...data },
    };
    const body = JSON.stringify(value);
    const secrets = [secret, previous].filter(one => one !== undefined);
    await post({ ...json(url, value, signWebhook(secrets, { id, now: now(), body })), body });
  },
});
