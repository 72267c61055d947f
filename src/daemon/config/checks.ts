import { isAbsolute } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { parsers } from '../../core/parse.ts';
import { isLoopback } from '../../core/transport/loopback.ts';

/** Throws `usage` unless the path is absolute: a daemon has no folder that a relative one could mean. */
export function checkAbsolute(path: string): void {
  if (path.includes('\0')) throw wrong('a path holds no NUL character');
  if (!isAbsolute(path)) throw wrong(`'${path}' is not an absolute path`);
}

/** Throws `usage` unless it is permissions in octal that no stranger profits from. */
export function checkMode(text: string): void {
  if (!/^0?[0-7]{3}$/.test(text)) throw wrong(`'${text}' is not a mode in octal`, 'Such as 0600 or 0660');
  const mode = Number.parseInt(text, 8);
  if ((mode & 0o600) !== 0o600) throw wrong(`with mode ${text} the daemon itself cannot use the socket`);
  if ((mode & 0o007) !== 0)
    throw wrong(`mode ${text} makes every user of this host an administrator`, 'Give 0660 and a socket-group');
}

/** Throws `usage` for an empty name, or one with blanks or control characters. */
export function checkName(text: string): void {
  if (!/^[\x21-\x7e]+$/.test(text)) throw wrong(`'${text}' is not a name`);
}

/** Throws `usage` unless each is an address or a network. */
export function checkProxy(networks: readonly string[]): void {
  for (const network of networks) parsers[network.includes('/') ? 'cidr' : 'ip']([network]);
}

/** Throws `usage` unless it is an https address, or http on this machine. */
export function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw wrong('it is not an http or https address');
  if (url.username || url.password) throw wrong('it holds a user or a password');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrong('it is plain http, which is for this machine only', `Use https://${url.host}`);
  }
}

/** Throws `usage` unless it is `sqlite` or names a database of MySQL; never shows the password. */
export function checkStore(text: string): void {
  if (text === 'sqlite') return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:') throw wrong('it is neither sqlite nor mysql://user:password@host/database');
  if (!url.hostname) throw wrong('it names no host');
  if (!/^\/[^/]+$/.test(url.pathname))
    throw wrong('it names no database', 'Such as mysql://user:password@host/database');
}

/** Throws `usage` unless it is an address of Redis; never shows the password. */
export function checkRedis(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !['redis:', 'rediss:'].includes(url.protocol)) {
    throw wrong('it is not an address of Redis', 'Such as redis://127.0.0.1:6379');
  }
}

/** A check that throws `usage` for numbers below `least`. */
export function checkAtLeast(least: number): (value: number) => void {
  return value => {
    if (value < least) throw wrong(`${value} is less than ${least}`);
  };
}

function wrong(message: string, hint?: string): Failure {
  return new Failure('usage', message, { hint });
}

/** Each is host:port. */
export function checkTargets(list: readonly string[]): void {
  const wrong = list.find(one => !/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/.test(one));
  if (wrong === undefined) return;
  throw new Failure('usage', `'${wrong}' is not a host with a port`, { hint: 'Such as api.hetzner.cloud:443' });
}
