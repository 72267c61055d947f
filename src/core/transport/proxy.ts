import { Failure } from '../failure.ts';
import { isLoopback } from './loopback.ts';

/** A proxy that takes CONNECT; the URL has no credentials in it, they are in the header's value. */
export interface HttpProxy {
  readonly url: URL;
  readonly authorization?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy that the environment names for a URL: `https_proxy`, then `HTTPS_PROXY`, unless `no_proxy` has the host; never for loopback. */
export function proxyFor(url: URL, env: Env): HttpProxy | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const name = `${url.protocol.slice(0, -1)}_proxy`;
  const text = (env[name] || env[name.toUpperCase()])?.trim();
  if (!text || isExempt(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  return parseProxy(name.toUpperCase(), text);
}

function parseProxy(name: string, text: string): HttpProxy {
  const full = text.includes('://') ? text : `http://${text}`;
  // The value may hold a password: neither it nor the parser's message is shown.
  if (!URL.canParse(full)) throw new Failure('usage', `${name} is not a URL`, { hint: 'Such as http://proxy:3128' });
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Failure('usage', `${name} has the scheme ${url.protocol.slice(0, -1)}, which is not spoken`, {
      hint: 'Give a proxy that takes CONNECT, such as http://proxy:3128',
    });
  }
  const authorization = basic(decode(url.username), decode(url.password));
  url.username = '';
  url.password = '';
  return { url, ...(authorization && { authorization }) };
}

function basic(user: string, password: string): string | undefined {
  if (user === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => covers(entry, url.hostname, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = '', wanted] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}
