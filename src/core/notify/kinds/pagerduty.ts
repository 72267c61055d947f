import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { lastOfEach, type Message } from '../message.ts';

const home = 'https://events.pagerduty.com';

/** Incidents of PagerDuty by its events API: what is resolved closes the incident that it opened. */
export const pagerduty = channel({
  name: 'pagerduty',
  summary: 'PagerDuty: incidents that open and close by themselves',
  settings: {
    token: field('text', 'Token', { required: true, secret: true }),
    url: field('text', "Address of the server; the service's own where absent", { default: home, placeholder: 'url' }),
  },
  async send(message, { token, url }, { post }) {
    for (const one of lastOfEach(message)) await post(json(new URL('/v2/enqueue', url), eventOf(one, token)));
  },
});

function eventOf({ thread, status, title, text, severity, labels, at }: Message, key: string): unknown {
  const event = { routing_key: key, dedup_key: thread.slice(0, 255) };
  if (status === 'resolved') return { ...event, event_action: 'resolve' };
  const payload = {
    ...{ summary: title.slice(0, 1024), severity, timestamp: new Date(at).toISOString() },
    ...{
      source: labels.server ?? labels.check ?? 'cloudctl',
      custom_details: { text: text.slice(0, 100_000), ...labels },
    },
  };
  return { ...event, event_action: 'trigger', payload };
}
