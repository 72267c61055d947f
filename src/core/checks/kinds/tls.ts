import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Failure } from '../../failure.ts';
import { field, type Input } from '../../field.ts';
import { pinned } from '../../transport/guard.ts';
import { down, kind, type Result, up } from '../check.ts';
import { downBy, sayFault } from '../faults.ts';
import { checkDays, checkHost, checkPort, daysLeft, host, minDays, port } from '../fields.ts';

const settings = {
  host,
  port: { ...port, default: 443 },
  'min-days': { ...minDays, default: 14 },
  'server-name': field('text', 'Name that the certificate must be for; the host where absent', { placeholder: 'name' }),
  fingerprint: field('text', 'SHA-256 of the certificate to trust, whoever signed it', { placeholder: 'hex' }),
} as const;

/** A certificate: its days left, its name, its chain. */
export const tls = kind({
  name: 'tls',
  summary: 'A certificate: days left, name and chain',
  settings,
  needs: 'network',
  validate(given) {
    checkHost(given.host);
    checkPort(given.port);
    checkDays(given['min-days']);
    if (given['server-name'] !== undefined) checkHost(given['server-name']);
    if (given.fingerprint === undefined || /^[0-9a-f]{64}$/.test(bare(given.fingerprint))) return;
    throw new Failure('usage', 'fingerprint: is not a SHA-256 in 64 hexadecimal digits', {
      hint: 'openssl x509 -noout -fingerprint -sha256 -in certificate.pem',
    });
  },
  hosts: given => [given.host],
  async run(given, { signal, now, guard }) {
    const name = given['server-name'] ?? given.host;
    // The chain is judged below, with words of its own; until then nothing is sent.
    const options = { host: given.host, port: given.port, rejectUnauthorized: false };
    let socket: TLSSocket | undefined;
    try {
      const lookup = pinned(await guard(given.host));
      socket = connect({ ...options, lookup, ...(isIP(name) ? {} : { servername: name }) });
      await once(socket, 'secureConnect', { signal });
      return judge(given, socket, now());
    } catch (error) {
      return downBy(error, signal);
    } finally {
      socket?.on('error', () => {}).destroy();
    }
  },
});

function judge(given: Input<typeof settings>, socket: TLSSocket, now: number): Result {
  const certificate = socket.getPeerCertificate();
  if (!certificate.valid_to) return down('it has no certificate');
  const value = daysLeft(certificate.valid_to, now);
  const more = { value, wrong: 'below' } as const;
  const isPinned = given.fingerprint !== undefined && bare(certificate.fingerprint256) === bare(given.fingerprint);
  if (value < 0) return down(`the certificate ended ${-value} days ago`, more);
  if (given.fingerprint !== undefined && !isPinned) return down('the certificate has another fingerprint', more);
  const { authorizationError } = socket;
  if (!isPinned && authorizationError) {
    const { code = authorizationError, message } = authorizationError as { code?: unknown; message?: string };
    return down(sayFault({ code: String(code), message: message ?? String(code) }), more);
  }
  if (value < given['min-days']) return down(`the certificate ends in ${value} days`, more);
  return up(
    `good for ${Math.floor(value)} days, until ${new Date(certificate.valid_to).toISOString().slice(0, 10)}`,
    more,
  );
}

function bare(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}
