import { describe, expect, it } from 'vitest';
import { outgoing } from '../../../src/daemon/alerts/outbox.ts';
import { selfSigned } from '../../core/transport/certificate.ts';
import { makeCertificate, openSmtp, type SmtpFaults } from '../../helpers/smtp-server.ts';
import { messageOf, openBench } from './bench.ts';

const certificate = makeCertificate();
const message = messageOf('a', { title: 'FIRING: Größe <b>', text: 'line 1\nline 2' });
const base = { to: ['ops@example.com', 'night@example.com'], from: 'cloudctl@example.com', host: 'localhost' };
const lookup = async () => [{ address: '127.0.0.1', family: 4 }];

async function send(
  input: object,
  faults: SmtpFaults = {},
  server = certificate as typeof certificate | undefined,
  timeout = 10_000,
) {
  const smtp = await openSmtp(server);
  smtp.state.faults = faults;
  const bench = await openBench({ lookup, timeout });
  const channel = await bench.addChannel('mail', 'email', {
    ...base,
    encryption: 'starttls',
    port: smtp.port,
    ...input,
  });
  await bench.store.commit(outgoing(bench.tools, { id: channel.id, type: 'email' }, message));
  await bench.turn();
  return { bench, smtp, deliveries: await bench.deliveries() };
}

describe('mail', () => {
  it('is taken over STARTTLS with a login, as text and as HTML, under an id that stays', async () => {
    const login = { username: 'anna', 'password-file': 'secret' };
    const { smtp, deliveries } = await send({ 'ca-file': certificate.cert, ...login });
    expect(deliveries, JSON.stringify(deliveries)).toMatchObject([{ state: 'done' }]);
    expect(smtp.mails).toHaveLength(1);
    const [mail] = smtp.mails as [(typeof smtp.mails)[0]];
    expect(mail).toMatchObject({ from: base.from, to: base.to, isEncrypted: true, login: 'anna:secret' });
    expect(mail.data).toContain(`Message-ID: <${deliveries[0]!.message}@example.com>`);
    expect(mail.data).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail.data).toContain('Content-Type: text/plain');
    expect(mail.data).toContain('Content-Type: text/html');
    expect(mail.data).toContain('Auto-Submitted: auto-generated');
  });

  it('goes without encryption only where that was said, and then without a password', async () => {
    const plain = await send({ encryption: 'none' }, {}, undefined);
    expect(plain.smtp.mails).toMatchObject([{ isEncrypted: false }]);
    const downgraded = await send({}, {}, undefined);
    expect(downgraded.smtp.mails).toEqual([]);
    expect(downgraded.deliveries).toMatchObject([{ attempts: 1 }]);
    await expect(send({ encryption: 'none', username: 'a', 'password-file': 'b' })).rejects.toThrow(
      'without encryption',
    );
  });

  it('goes to no server whose certificate is not trusted or is for another name', async () => {
    const unknown = await send({});
    expect(unknown.smtp.mails).toEqual([]);
    expect(unknown.deliveries).toMatchObject([
      { attempts: 1, error_message: 'localhost cannot be reached: TLS fails: self-signed certificate' },
    ]);
    const other = await send({ host: 'mail.example.com', 'ca-file': certificate.cert });
    expect(other.smtp.mails).toEqual([]);
    expect(other.deliveries).toMatchObject([{ attempts: 1 }]);
  });

  it('goes to no server whose certificate has expired, and says so', async () => {
    const expired = selfSigned('localhost', Date.now() - 86_400_000);
    const { smtp, deliveries } = await send({ 'ca-file': expired.cert }, {}, expired);
    expect(smtp.mails).toEqual([]);
    expect(deliveries).toMatchObject([
      { attempts: 1, error_message: 'localhost cannot be reached: TLS fails: certificate has expired' },
    ]);
  });

  it.each<[string, SmtpFaults]>([
    ['never greets', { greet: Number.POSITIVE_INFINITY }],
    ['hangs when it is told whom it is for', { answers: { RCPT: 'hang' } }],
    ['hangs with all of the mail', { answers: { TAKEN: 'hang' } }],
  ])(
    'whose server %s is given up in time and sent again later, and the next mail is not held up',
    async (_, faults) => {
      const { bench, smtp, deliveries } = await send({ 'ca-file': certificate.cert }, faults, certificate, 1_000);
      expect(deliveries).toMatchObject([
        { state: 'waiting', attempts: 1, error_code: 'timeout', error_message: expect.stringContaining('within 1 s') },
      ]);
      smtp.state.faults = {};
      await bench.pass(10_000);
      expect(await bench.deliveries()).toMatchObject([{ state: 'done', attempts: 1 }]);
    },
  );

  it.each<[string, SmtpFaults, object]>([
    ['puts it off', { answers: { RCPT: '451 later' } }, { attempts: 1, error_code: 'unreachable' }],
    ['refuses it', { answers: { TAKEN: '550 spam' } }, { attempts: 1, error_code: 'refused' }],
    ['refuses the password', { answers: { AUTH: '535 no' } }, { attempts: 1, error_code: 'refused' }],
    ['hangs up in the middle', { answers: { TAKEN: '' } }, { attempts: 1, error_code: 'unreachable' }],
    ['breaks TLS', { breaksTls: true }, { attempts: 1, error_code: 'unreachable' }],
    ['greets slowly', { greet: 300 }, { state: 'done' }],
  ])('whose server %s is told of, and no password with it', async (_, faults, wanted) => {
    const { deliveries, bench } = await send(
      { 'ca-file': certificate.cert, username: 'anna', 'password-file': 'geheim' },
      faults,
    );
    expect(deliveries).toMatchObject([wanted]);
    expect(JSON.stringify(bench.logged)).not.toContain('geheim');
  });
});
