import type { Alert } from '../../../core/alerts/alert.ts';
import { writeMessage } from '../../../core/alerts/write.ts';
import { writeHtml } from '../../../core/notify/html.ts';
import { applyTemplates } from '../../../core/notify/template.ts';
import type { Channel } from '../channels.ts';

const hour = 3_600_000;

/** What the channel would say of an alert as it might be, while it is wrong and when it is over; mail has a page of HTML besides. */
export function preview(channel: Pick<Channel, 'type' | 'subject' | 'body'>, now: number): Record<string, unknown> {
  const wrong: Alert = {
    ...{ subject: 'check/1', state: 'firing', severity: 'critical', firings: 1 },
    ...{ labels: { check: 'web', kind: 'http', server: 'web-1', topic: 'down' }, summary: 'web is down: status 503' },
    ...{ at: now - hour, started: now - hour, ended: null },
  };
  const over: Alert = { ...wrong, state: 'resolved', summary: 'web is up: 200 in 41 ms', at: now, ended: now };
  const write = (firing: readonly Alert[], resolved: readonly Alert[]) => {
    const message = writeMessage({ id: 'sample', at: now, group: 'sample', labels: {}, firing, resolved });
    const { title, text, ...rest } = applyTemplates(message, channel);
    return { title, text, ...(channel.type === 'email' && { html: writeHtml({ ...rest, title, text }) }) };
  };
  return { firing: write([wrong], []), resolved: write([], [over]) };
}
