import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Failure } from '../../failure.ts';
import { field } from '../../field.ts';
import { down, kind, up } from '../check.ts';
import { downBy } from '../faults.ts';
import { checkHost, host } from '../fields.ts';

const types = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;

const settings = {
  host,
  record: field('text', 'Type of the record', { choices: types, default: 'A' }),
  nameserver: field('text', 'Address of the name server to ask, with a port where it is not 53', {
    placeholder: 'address',
  }),
  answer: field('repeat', 'What must be among the answers, as they are shown', { placeholder: 'text' }),
} as const;

/** A record in DNS. */
export const dns = kind({
  name: 'dns',
  summary: 'A record in DNS, as a name server of your choice has it',
  settings,
  needs: 'network',
  validate(given) {
    checkHost(given.host);
    if (given.nameserver !== undefined) readNameserver(given.nameserver);
  },
  hosts: ({ nameserver }) => (nameserver === undefined ? [] : [readNameserver(nameserver).address]),
  async run(given, { signal, timeout, guard }) {
    // Two tries: a datagram may be lost.
    const resolver = new Resolver({ timeout: Math.max(100, Math.floor(timeout / 3)), tries: 2 });
    if (given.nameserver !== undefined) {
      const { address, server } = readNameserver(given.nameserver);
      await guard(address);
      resolver.setServers([server]);
    }
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const begun = performance.now();
    try {
      const found = await resolver.resolve(given.host, given.record);
      const timings = { dns: Math.round((performance.now() - begun) * 10) / 10 };
      const answers = (Array.isArray(found) ? found : [found]).map(write).sort();
      const missing = (given.answer ?? []).filter(one => !answers.includes(one));
      const shown = answers.join(', ').slice(0, 200);
      if (missing.length > 0) return down(`${missing.join(', ')} is not among the answers: ${shown}`, { timings });
      return up(`${given.record} ${shown}`, { timings });
    } catch (error) {
      return downBy(error, signal);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  },
});

/** A record as one text: `10 mail.example.com` of MX, the pieces of TXT joined. */
function write(record: unknown): string {
  if (typeof record === 'string') return record;
  if (Array.isArray(record)) return record.join('');
  return Object.values(record as object).join(' ');
}

/** Its address, and the same with its port as the resolver takes it. */
function readNameserver(text: string): { readonly address: string; readonly server: string } {
  const match = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const address = isIP(text) ? text : (match?.[1] ?? '');
  const port = isIP(text) ? undefined : match?.[2];
  if (isIP(address) === 0 || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) {
    throw new Failure('usage', `nameserver: '${text.slice(0, 100)}' is not an address`, {
      hint: 'Such as 9.9.9.9, 127.0.0.1:5353 or [2620:fe::fe]:53',
    });
  }
  if (port === undefined) return { address, server: address };
  return { address, server: isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}` };
}
