import { Failure } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Message } from './message.ts';

type Read = (message: Message) => string;

/** What a template can say of a message. */
const fields: Readonly<Record<string, Read>> = {
  title: ({ title }) => title,
  text: ({ text }) => text,
  status: ({ status }) => status,
  severity: ({ severity }) => severity,
  summary: ({ alerts, title }) => alerts[0]?.summary ?? title,
  count: ({ alerts, more, messages }) => String(messages?.length ?? alerts.length + more),
  time: ({ at }) => new Date(at).toISOString(),
  id: ({ id }) => id,
};

/** Writes a message by a template. */
export type Template = (message: Message) => string;

/** A template such as `{{severity}}: {{summary}} on {{labels.server}}`: fields only, nothing is run. Throws `usage` for a field that there is not; a label that a message lacks is empty. */
export function readTemplate(text: string): Template {
  const parts = text
    .split(/\{\{(.*?)\}\}/s)
    .map((part, place): Read => (place % 2 === 0 ? () => part : readField(part)));
  if (/\{\{|\}\}/.test(text.replaceAll(/\{\{.*?\}\}/gs, '')))
    throw new Failure('usage', 'a template has {{ or }} without its partner');
  return message => parts.map(part => part(message)).join('');
}

function readField(part: string): Read {
  const name = part.trim();
  const [, label] = /^labels\.([A-Za-z0-9][A-Za-z0-9._/-]*)$/.exec(name) ?? [];
  if (label !== undefined) return ({ labels, alerts }) => labels[label] ?? alerts[0]?.labels[label] ?? '';
  if (Object.hasOwn(fields, name)) return fields[name]!;
  const meant = nearest(name, Object.keys(fields));
  throw new Failure('usage', `a template knows no field {{${name.slice(0, 60)}}}`, {
    hint: meant ? `Did you mean {{${meant}}}?` : `Known: ${Object.keys(fields).join(', ')}, labels.NAME`,
  });
}

/** The message with title and text as the channel's templates have them; null leaves what is there. */
export function applyTemplates(
  message: Message,
  { subject, body }: { readonly subject: string | null; readonly body: string | null },
): Message {
  const title = subject === null ? message.title : readTemplate(subject)(message);
  const text = body === null ? message.text : readTemplate(body)(message);
  return { ...message, title, text };
}
