import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { channel } from '../channel.ts';
import { writeHtml } from '../html.ts';
import { openMail } from '../mail.ts';

/** Mail by a server that speaks SMTP. */
export const email = channel({
  name: 'email',
  summary: 'Mail by an SMTP server',
  settings: {
    to: field('list', 'Addresses of mail to send to', { required: true, placeholder: 'addresses' }),
    from: field('text', 'Address of mail that it comes from', { required: true, placeholder: 'address' }),
    host: field('text', 'Name of the SMTP server', { required: true, placeholder: 'host' }),
    port: field('integer', 'Its port; 465 with tls and 587 otherwise where absent', { placeholder: 'number' }),
    encryption: field('text', 'starttls, tls from the first byte, or none', {
      choices: ['starttls', 'tls', 'none'],
      default: 'starttls',
    }),
    username: field('text', 'User name', { placeholder: 'name' }),
    password: field('text', 'Password', { secret: true }),
    ca: { ...field('text', "Certificate of the server's own authority, PEM"), lines: true },
  },
  check({ to, from, encryption, password, username }) {
    const wrong = [...to, from].find(address => !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address));
    if (wrong !== undefined) throw new Failure('usage', `'${wrong.slice(0, 100)}' is not an address of mail`);
    if (to.length === 0) throw new Failure('usage', 'to: give an address of mail at least');
    if ((username === undefined) !== (password === undefined))
      throw new Failure('usage', 'username and password are given together or not at all');
    if (encryption === 'none' && password !== undefined)
      throw new Failure('usage', 'encryption: a password is not sent without encryption');
  },
  async send(message, settings, tools) {
    const send = await openMail(settings, tools);
    const { id, title, text, thread } = message;
    const domain = settings.from.split('@')[1]!;
    await send({
      ...{ from: settings.from, to: settings.to, subject: title.replaceAll(/\s+/g, ' ').slice(0, 500) },
      ...{ text: text === '' ? title : text, html: writeHtml(message), messageId: `<${id}@${domain}>` },
      // Mail programs put those with the same root together.
      references: [`<${thread.replaceAll(/[^A-Za-z0-9.-]/g, '.')}@${domain}>`],
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  },
});
