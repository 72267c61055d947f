import { nextId, type State } from './state.ts';

/** A range of IPv4 addresses: its first address as a number, and how many bits are fixed. */
export interface Range {
  base: number;
  bits: number;
}

/** An IPv4 address as a number, or undefined. */
export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1).map(Number);
  if (!parts || parts.some(part => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** A number as an IPv4 address. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** A range in CIDR notation, or undefined if it is malformed or has bits set below the mask. */
export function parseRange(text: string): Range | undefined {
  const [address = '', mask = ''] = text.split('/');
  const base = parseAddress(address);
  const bits = /^\d{1,2}$/.test(mask) ? Number(mask) : 33;
  if (base === undefined || bits > 32 || base % 2 ** (32 - bits) !== 0) return undefined;
  return { base, bits };
}

/** A range in CIDR notation. */
export function formatRange({ base, bits }: Range): string {
  return `${formatAddress(base)}/${bits}`;
}

/** Whether the inner range lies within the outer one. */
export function within(inner: Range, outer: Range): boolean {
  return inner.bits >= outer.bits && overlap(inner, outer);
}

/** Whether two ranges share an address. */
export function overlap(one: Range, other: Range): boolean {
  const size = 2 ** (32 - Math.min(one.bits, other.bits));
  return Math.floor(one.base / size) === Math.floor(other.base / size);
}

/** A fresh public address: from the ranges reserved for benchmarks and documentation, so nobody's. */
export function nextAddress(state: State, type: 'ipv4' | 'ipv6'): string {
  state.lastAddress += 1;
  if (type === 'ipv4') return formatAddress(parseAddress('198.18.0.0')! + state.lastAddress);
  const [high, low] = [Math.floor(state.lastAddress / 0x10000), state.lastAddress % 0x10000];
  return `2001:db8:${high.toString(16)}:${low.toString(16)}::/64`;
}

/** The name that an IPv4 address answers to unless another is set. */
export function defaultName(ip: string): string {
  return `static.${ip.split('.').reverse().join('.')}.clients.sandbox.example`;
}

/** A fresh MAC address. */
export function nextMac(state: State): string {
  const digits = nextId(state).toString(16).padStart(8, '0');
  return `86:00:${digits.match(/../g)!.join(':')}`;
}
