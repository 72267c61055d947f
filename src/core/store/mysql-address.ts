import fs from 'node:fs';
import { Failure } from '../failure.ts';

/** A server and database of `mysql://user:password@host:port/database?socket=&tls=on&ca=`. */
export interface MysqlAddress {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl?: { readonly ca?: string };
  /** The address for messages, without password. */
  readonly where: string;
}

/** Reads an address; throws `usage`, and never quotes it since a password may be in it. */
export function readMysqlAddress(text: string): MysqlAddress {
  const url = parse(text);
  const { socket, tls, ca, ...unknown } = Object.fromEntries(url.searchParams);
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decode) as [
    string,
    string,
    string,
  ];
  for (const name of Object.keys(unknown)) throw wrong(`'${name}' is not known; there are socket, tls and ca`);
  if (tls !== undefined && tls !== 'on') throw wrong(`tls can only be 'on'`);
  if (!/^[^/`\0]{1,64}$/.test(database)) throw wrong('it names no database');
  if (!socket && !url.hostname) throw wrong('it names no host');
  const place = socket ?? (url.port ? `${url.hostname}:${url.port}` : url.hostname);
  return {
    ...(socket
      ? { socketPath: socket }
      : { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 3306) }),
    user,
    password,
    database,
    ...((tls || ca) && { ssl: ca ? { ca: readAuthority(ca) } : {} }),
    where: `mysql://${user ? `${user}@` : ''}${place}/${database}`,
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw wrong('it cannot be read');
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong('a % in it is not followed by two hexadecimal digits');
  }
}

function readAuthority(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `the certificates in ${file} cannot be read`, { cause });
  }
}

function wrong(fault: string): Failure {
  return new Failure('usage', `the address of the MySQL store is wrong: ${fault}`, {
    hint: 'mysql://user:password@host:3306/database, with %40 for @ in user or password',
  });
}
