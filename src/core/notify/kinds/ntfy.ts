import { field } from '../../field.ts';
import { channel, json } from '../channel.ts';
import { writeText } from '../message.ts';

const priorities = { critical: 5, warning: 4, info: 3 } as const;

/** A notification to a topic of ntfy. */
export const ntfy = channel({
  name: 'ntfy',
  summary: 'ntfy: a notification to a topic',
  settings: {
    topic: field('text', 'Topic', { required: true, placeholder: 'name' }),
    url: field('text', "Address of the server; the service's own where absent", {
      default: 'https://ntfy.sh',
      placeholder: 'url',
    }),
    token: field('text', 'Token', { secret: true }),
  },
  async send(message, { topic, url, token }, { post }) {
    const { title, text, status, severity, id } = message;
    const body = writeText({ title: text || title, text: '' }, 3_500);
    const priority = status === 'resolved' ? 3 : priorities[severity];
    const tags = [status === 'resolved' ? 'white_check_mark' : severity === 'critical' ? 'rotating_light' : 'bell'];
    const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    await post(json(url, { topic, title: title.slice(0, 250), message: body, priority, tags, id }, headers));
  },
});
