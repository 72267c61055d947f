import { field } from '../../field.ts';
import { channel } from '../channel.ts';
import { writeText } from '../message.ts';

/** A command that the daemon's configuration names, which finds the message in its environment. */
export const exec = channel({
  name: 'exec',
  summary: "A command that the daemon's configuration names",
  settings: {
    hook: field('text', "Name of the command in the daemon's configuration", { required: true, placeholder: 'name' }),
  },
  async send(message, { hook }, tools) {
    const { id, status, severity, title, text, labels, thread, at } = message;
    // An environment has room for some 100 kB.
    const body = writeText({ title: text, text: '' }, 60_000);
    await tools.hook(hook, {
      ...{ CLOUDCTL_MESSAGE: id, CLOUDCTL_STATUS: status, CLOUDCTL_SEVERITY: severity, CLOUDCTL_TITLE: title },
      ...{ CLOUDCTL_TEXT: body, CLOUDCTL_LABELS: JSON.stringify(labels), CLOUDCTL_THREAD: thread },
      CLOUDCTL_TIME: new Date(at).toISOString(),
    });
  },
});
