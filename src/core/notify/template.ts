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

/** A template such as `{{severity}}: {{summary}} on {{labels.server}}`: fields only, nothing is run. Throws `usage` that names line and field for one that there is not; a label that a message lacks is empty. */
export function readTemplate(text: string): Template {
  const pieces = text.split(/\{\{(.*?)\}\}/s);
  const parts = pieces.map((piece, place): Read => {
    const line = pieces.slice(0, place).join('').split('\n').length;
    if (place % 2 === 1) return readField(piece, line);
    if (/\{\{|\}\}/.test(piece)) throw new Failure('usage', `line ${line}: {{ or }} is without its partner`);
    return () => piece;
  });
  return message => parts.map(part => part(message)).join('');
}

function readField(part: string, line: number): Read {
  const name = part.trim();
  const [, label] = /^labels\.([A-Za-z0-9][A-Za-z0-9._/-]*)$/.exec(name) ?? [];
  if (label !== undefined) return ({ labels, alerts }) => labels[label] ?? alerts[0]?.labels[label] ?? '';
  if (Object.hasOwn(fields, name)) return fields[name]!;
  const meant = nearest(name, Object.keys(fields));
  const known = `Known: ${Object.keys(fields).join(', ')}, labels.NAME`;
  throw new Failure('usage', `line ${line}: there is no field {{${name.slice(0, 60)}}}`, {
    hint: meant ? `Did you mean {{${meant}}}? ${known}` : known,
  });
}

/** The message with title and text as the channel's templates have them; null leaves what is there. A digest stays as it is: what it lists must not get lost. */
export function applyTemplates(
  message: Message,
  { subject, body }: { readonly subject: string | null; readonly body: string | null },
): Message {
  if (message.status === 'digest') return message;
  const title = subject === null ? message.title : readTemplate(subject)(message);
  const text = body === null ? message.text : readTemplate(body)(message);
  return { ...message, title, text };
}
