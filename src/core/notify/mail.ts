import { Failure } from '../failure.ts';
import type { SendTools } from './channel.ts';

/** How to speak with an SMTP server. */
export interface MailSettings {
  readonly host: string;
  readonly port?: number;
  readonly encryption: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
}

/** Milliseconds that each step of SMTP may take, and all of them together. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000 } as const;
const longest = 30_000;

/** What sends a mail by that server: throws `unreachable` and `timeout` for what may pass, `refused` for what the server does not want. */
export async function openMail(
  settings: MailSettings,
  { resolve, signal, timeout = longest }: Pick<SendTools, 'resolve' | 'signal' | 'timeout'>,
): Promise<(mail: Readonly<Record<string, unknown>>) => Promise<void>> {
  const { host, encryption, username, password, ca } = settings;
  const isTls = encryption === 'tls';
  const address = await resolve(host);
  const { createTransport } = await import('nodemailer');
  return async mail => {
    const transport = createTransport({
      // The address that was looked at, so that no other one can be meant meanwhile.
      ...{ host: address, port: settings.port ?? (isTls ? 465 : 587), secure: isTls, ...patience },
      ...{ requireTLS: encryption === 'starttls', ignoreTLS: encryption === 'none' },
      tls: { servername: host, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
      ...(username !== undefined && { auth: { user: username, pass: password } }),
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
    let timer: NodeJS.Timeout | undefined;
    let abort = () => {};
    const end = new Promise<never>((_, reject) => {
      const late = new Failure('timeout', `${host}: the mail was not taken within ${timeout / 1000} s`);
      timer = setTimeout(() => reject(late), timeout);
      abort = () => reject(new Failure('interrupted', 'the daemon stops'));
      signal.addEventListener('abort', abort);
    });
    try {
      const { rejected } = await Promise.race([transport.sendMail(mail), end]);
      if (rejected.length > 0) throw new Failure('refused', `${host} does not take mail for ${rejected.join(', ')}`);
    } catch (error) {
      throw error instanceof Failure ? error : explain(host, error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      transport.close();
    }
  };
}

/** What SMTP says with 4xx passes, what it says with 5xx does not. What it says in full is not repeated: it may tell of a password. */
function explain(host: string, error: unknown): Failure {
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string };
  if (code === 'ETIMEDOUT') return new Failure('timeout', `${host} does not answer as SMTP in time`);
  if (code === 'EAUTH' || responseCode === 535)
    return new Failure('refused', `${host} does not accept the user name or the password`);
  if (responseCode !== undefined && responseCode >= 500)
    return new Failure('refused', `${host} refuses the mail with ${responseCode} at ${command ?? 'DATA'}`);
  if (responseCode !== undefined)
    return new Failure('unreachable', `${host} puts the mail off with ${responseCode} at ${command ?? 'DATA'}`);
  const message = (error as Error).message ?? '';
  // What is wrong with a certificate is nobody's secret, and what there is to do depends on it.
  const fault = /certificate/i.test(message) ? `: ${message.split('\n')[0]!.slice(0, 200)}` : '';
  const what = code === 'ETLS' || fault !== '' || /SSL|TLS/i.test(message) ? `TLS fails${fault}` : code;
  return new Failure('unreachable', `${host} cannot be reached: ${what ?? 'the connection was closed'}`, {
    cause: error,
  });
}
