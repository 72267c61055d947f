import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A certificate for `localhost` that this test is the authority of. */
export function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-cert-'));
  try {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', ['req', ...kind, ...files, ...name], { stdio: 'ignore' });
    const [key, cert] = ['key', 'cert'].map(file => readFileSync(join(folder, file), 'utf8'));
    return { key: key!, cert: cert! };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One mail as it was taken. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly isEncrypted: boolean;
  /** User name and password, where they were given. */
  readonly login?: string;
}

/** How a server behaves badly. */
export interface SmtpFaults {
  /** Milliseconds before it greets; `Infinity` for never. */
  readonly greet?: number;
  /** Answers in place of its own, by the command: `{ RCPT: '550 no' }`; empty to hang up, `hang` to say nothing more. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Says that it does STARTTLS and then talks nonsense. */
  readonly breaksTls?: boolean;
}

/** A server of SMTP on this machine, with STARTTLS where it has a certificate. */
export async function openSmtp(certificate?: { readonly key: string; readonly cert: string }) {
  const mails: Mail[] = [];
  const state: { faults: SmtpFaults } = { faults: {} };
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    const { greet = 0 } = state.faults;
    const begin = () => {
      socket.write('220 localhost ESMTP\r\n');
      talk(socket, false);
    };
    if (greet === 0) begin();
    else if (Number.isFinite(greet)) setTimeout(begin, greet);
  });

  function talk(socket: Socket, isEncrypted: boolean): void {
    let rest = '';
    let inData = false;
    let [from, login, to]: [string, string | undefined, string[]] = ['', undefined, []];
    const say = (text: string) => void socket.write(`${text}\r\n`);
    const own: Record<string, (line: string) => void> = {
      EHLO: () =>
        say(!isEncrypted && certificate ? '250-localhost\r\n250 STARTTLS' : '250-localhost\r\n250 AUTH PLAIN'),
      AUTH: line => {
        login = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString('utf8')
          .slice(1)
          .replace('\0', ':');
        say('235 welcome');
      },
      MAIL: line => {
        from = /<(.*?)>/.exec(line)?.[1] ?? '';
        say('250 ok');
      },
      RCPT: line => {
        to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
        say('250 ok');
      },
      DATA: () => {
        inData = true;
        say('354 go on');
      },
      QUIT: () => void socket.end('221 bye\r\n'),
      RSET: () => say('250 ok'),
      STARTTLS: () => {
        say('220 go on');
        if (state.faults.breaksTls) return void socket.write('this is no TLS\r\n');
        socket.removeAllListeners('data');
        const secureContext = createSecureContext(certificate);
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        secure.on('error', () => {});
        talk(secure, true);
      },
    };
    socket.on('data', chunk => {
      rest += chunk.toString('latin1');
      for (;;) {
        const end = inData ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n');
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + (inData ? 5 : 2));
        const isBody = inData;
        inData = false;
        const word = isBody ? 'TAKEN' : (line.split(' ')[0] ?? '').toUpperCase();
        const other = state.faults.answers?.[word];
        if (other === '') return void socket.destroy();
        if (other === 'hang') return;
        if (isBody && other === undefined) {
          mails.push({ from, to, data: Buffer.from(line, 'latin1').toString('utf8'), isEncrypted, login });
          to = [];
        }
        if (other !== undefined) say(other);
        else if (isBody) say('250 taken');
        else (own[word] ?? (() => say('502 what?')))(line);
      }
    });
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return { mails, state, port: (server.address() as AddressInfo).port };
}
