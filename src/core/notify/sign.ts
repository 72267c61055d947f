import { createHmac } from 'node:crypto';
import { Failure } from '../failure.ts';

const prefix = 'whsec_';

/** The key of a Standard Webhooks secret: base64 of 24 to 64 bytes, with or without `whsec_` before it. Throws `usage` without a part of it. */
export function readSigningKey(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && key.length >= 24 && key.length <= 64) return key;
  throw new Failure('usage', 'the secret is not one of Standard Webhooks', {
    hint: 'whsec_ and 24 to 64 bytes in base64: printf whsec_; openssl rand -base64 32',
  });
}

/** The headers by which a receiver knows who has sent this body; a signature for each secret, so that both sides can change it one after the other. `now` in milliseconds. */
export function signWebhook(
  secrets: readonly string[],
  { id, now, body }: { readonly id: string; readonly now: number; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map(secret => {
    const hmac = createHmac('sha256', readSigningKey(secret)).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  return signatures.length > 0 ? { ...headers, 'webhook-signature': signatures.join(' ') } : headers;
}
