import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../transport/certificate.ts';
import { listen, look } from './look.ts';

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

const ok = await Promise.resolve<RequestListener>((_, response) => response.end('all is well'));

describe('an http check', () => {
  it('is up for a good status, and says how long each phase took', async () => {
    const found = await look('http', { url: await serve(ok) });
    expect(found).toMatchObject({ outcome: 'up', message: expect.stringMatching(/^200 in \d+ ms$/) });
    expect(Object.keys(found.timings!)).toEqual(['connect', 'wait', 'read', 'total']);
  });

  it('is down for a status that is not among the good ones, and up for one that was named', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    expect(await look('http', { url })).toMatchObject({ outcome: 'down', message: 'status 404' });
    expect(await look('http', { url, status: ['200-299', '404'] })).toMatchObject({ outcome: 'up' });
  });

  it('looks for a text that must be there, and for one that must not', async () => {
    const url = await serve(ok);
    expect(await look('http', { url, keyword: 'well' })).toMatchObject({ outcome: 'up' });
    expect(await look('http', { url, keyword: 'fine' })).toMatchObject({
      outcome: 'down',
      message: "the body does not have 'fine'",
    });
    expect(await look('http', { url, without: 'well' })).toMatchObject({ outcome: 'down' });
  });

  it.each([
    ['true where nothing is said', { 'json-path': 'ok' }, 'up'],
    ['the text that was named', { 'json-path': 'status', 'json-value': 'green' }, 'up'],
    ['a number as it is written', { 'json-path': 'queue | length(@)', 'json-value': '2' }, 'up'],
    ['nothing', { 'json-path': 'missing' }, 'down'],
    ['another text', { 'json-path': 'status', 'json-value': 'red' }, 'down'],
    ['what does not fit', { 'json-path': 'length(ok)' }, 'down'],
  ])('takes from JSON: %s', async (_, settings, outcome) => {
    const url = await serve((_request, response) => response.end('{"ok":true,"status":"green","queue":[1,2]}'));
    expect(await look('http', { url, ...settings })).toMatchObject({ outcome });
  });

  it('says that a body is not JSON', async () => {
    const found = await look('http', { url: await serve(ok), 'json-path': 'ok' });
    expect(found).toMatchObject({ outcome: 'down', message: 'the body is not JSON' });
  });

  it('follows redirects as often as allowed, with its headers only to the same place', async () => {
    const seen: (string | undefined)[] = [];
    const there = await serve((request, response) => {
      seen.push(request.headers['x-check'] as string | undefined);
      response.end('there');
    });
    const url = await serve((request, response) => {
      seen.push(request.headers['x-check'] as string | undefined);
      const hops = Number(request.url!.slice(1));
      response.writeHead(302, { location: hops === 0 ? `${there}/` : `/${hops - 1}` }).end();
    });
    const settings = { header: ['X-Check: yes'], keyword: 'there' };
    expect(await look('http', { url: `${url}/2`, ...settings })).toMatchObject({ outcome: 'up' });
    expect(seen).toEqual(['yes', 'yes', 'yes', undefined]);
    expect(await look('http', { url: `${url}/2`, ...settings, 'max-redirects': 2 })).toMatchObject({
      outcome: 'down',
      message: expect.stringMatching('redirected more often than allowed'),
    });
  });

  it('takes a redirect for the answer where none are followed', async () => {
    const url = await serve((_, response) => response.writeHead(301, { location: 'https://example.com/' }).end());
    expect(await look('http', { url, 'max-redirects': 0, status: ['301'] })).toMatchObject({ outcome: 'up' });
  });

  it('is down for an answer that is cut off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.destroy());
    });
    expect(await look('http', { url })).toMatchObject({ outcome: 'down' });
  });

  it('reads no more than the first MiB of 10 MB', async () => {
    let written = 0;
    const url = await serve((_, response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const more = () => {
        while (written < 10_000_000) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('needle');
      };
      more();
    });
    const found = await look('http', { url, keyword: 'needle' });
    expect(found).toMatchObject({ outcome: 'down', message: "the body does not have 'needle' in its first MiB" });
    expect(written).toBeLessThan(10_000_000);
  });

  it('reads what is sent as it is, though it was asked to be sent plain', async () => {
    const url = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBeUndefined();
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('fine'));
    });
    expect(await look('http', { url })).toMatchObject({ outcome: 'up' });
  });

  it('gives up when its time is over, on a server that answers slowly, or trickles, or never', async () => {
    const silent = await serve(() => {});
    await expect(look('http', { url: silent }, { timeout: 60 })).rejects.toThrow();
    const trickling = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    await expect(look('http', { url: trickling }, { timeout: 60 })).rejects.toThrow();
  });

  it('says in words why no connection is made', async () => {
    const closed = createServer();
    const port = await listen(closed);
    await new Promise(resolve => closed.close(resolve));
    expect(await look('http', { url: `http://127.0.0.1:${port}/` })).toMatchObject({
      outcome: 'down',
      message: 'the connection was refused',
    });
    const garbage = await listen(createTcpServer(socket => socket.end('SSH-2.0-other\r\n')));
    expect(await look('http', { url: `http://127.0.0.1:${garbage}/` })).toMatchObject({ outcome: 'down' });
  });

  it('is down for a certificate that nobody trusts', async () => {
    const port = await listen(createTlsServer(selfSigned('localhost'), ok));
    expect(await look('http', { url: `https://127.0.0.1:${port}/` })).toMatchObject({
      outcome: 'down',
      message: 'the certificate was signed by itself',
    });
  });

  it.each([
    [{ url: 'ftp://example.com' }, 'not an address of http'],
    [{ url: 'https://me:secret@example.com' }, 'name or password'],
    [{}, 'url: is missing'],
    [{ url: 'http://a', status: ['20'] }, 'is not a status'],
    [{ url: 'http://a', status: ['299-200'] }, 'is not a status'],
    [{ url: 'http://a', header: ['none'] }, 'is not a header'],
    [{ url: 'http://a', header: ['A: b\r\nC: d'] }, 'is not a header'],
    [{ url: 'http://a', header: ['Authorization: Bearer x'] }, 'plain text'],
    [{ url: 'http://a', 'json-path': 'a[' }, 'is not JMESPath'],
    [{ url: 'http://a', 'json-value': 'a' }, 'no json-path'],
    [{ url: 'http://a', 'max-redirects': 21 }, 'max-redirects'],
    [{ url: 'http://a', nameserver: '1.1.1.1' }, 'nameserver: a check of type http has no such setting'],
  ])('refuses %j', async (settings, message) => {
    await expect(look('http', settings)).rejects.toThrow(message);
  });
});
