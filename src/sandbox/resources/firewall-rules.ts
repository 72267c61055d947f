import { isIP } from 'node:net';
import type { FirewallRule } from '../../core/hetzner/types.ts';
import { type Input, readInput } from '../input.ts';

const most = 50;

/** Reads the field `rules`; complains about every rule that breaks the rules. */
export function readRules(input: Input, required: boolean): FirewallRule[] {
  return input.objects('rules', { required, max: most }).map((entry, index) => {
    const rule = readInput(entry);
    const complain = (message: string) => input.complain(`rules.${index}`, message);
    const direction = rule.text('direction') ?? '';
    const protocol = rule.text('protocol') ?? '';
    const port = rule.text('port');
    const description = rule.text('description') ?? null;
    const source_ips = rule.texts('source_ips');
    const destination_ips = rule.texts('destination_ips');
    if (!['in', 'out'].includes(direction)) complain('direction must be in or out');
    if (!['tcp', 'udp', 'icmp', 'esp', 'gre'].includes(protocol)) complain('protocol is unknown');
    const hasPort = protocol === 'tcp' || protocol === 'udp';
    if (hasPort !== (port !== undefined)) complain(hasPort ? 'port is required' : 'protocol has no port');
    if (port !== undefined && !isPort(port)) complain('port must be a port, a range or any');
    if (description !== null && description.length > 255) complain('description is too long');
    const sides = direction === 'in' ? source_ips : destination_ips;
    if (sides.length === 0) complain(`${direction === 'in' ? 'source' : 'destination'}_ips must not be empty`);
    for (const range of [...source_ips, ...destination_ips]) if (!isRange(range)) complain(`'${range}' is not a range`);
    return { direction, protocol, port: port ?? null, source_ips, destination_ips, description };
  });
}

function isPort(text: string): boolean {
  if (text === 'any') return true;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return match !== null && first >= 1 && first <= last && last <= 65_535;
}

function isRange(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const version = isIP(address);
  return version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
