import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureLine, openDebugLog, redact, redactUrl, requestLines, responseLines } from '../../src/core/debug.ts';
import { Failure } from '../../src/core/failure.ts';
import type { World } from '../../src/core/world.ts';

const names = [
  'root_password',
  'password',
  'Authorization',
  'token',
  'wss_url',
  'user_data',
  'private_key',
  'Set-Cookie',
];
const request = { method: 'POST', url: new URL('https://api.test/v1/x?token=geheim&page=2'), headers: {}, timeout: 0 };

describe('redact', () => {
  it('lets no secret through, whatever it is and however deep its key lies', () => {
    const secret = fc.string({ minLength: 1 }).map(text => `geheim${text}`);
    const hidden = fc.record({
      name: fc.constantFrom(...names),
      value: fc.oneof(secret, fc.array(secret), fc.record({ a: secret })),
    });
    const tree = fc.letrec(tie => ({
      node: fc.oneof(
        { maxDepth: 5 },
        hidden.map(({ name, value }) => ({ [name]: value }) as unknown),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('server', 'labels', 'a'), tie('node')),
      ),
    }));
    fc.assert(fc.property(tree.node, value => !JSON.stringify(redact(value)).includes('geheim')));
  });

  it('leaves alone what is no secret', () => {
    const key = fc.constantFrom('id', 'name', 'labels', 'public_net', 'fingerprint', 'public_key');
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.stringMatching(/^[a-z0-9 .:-]*$/));
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(leaf, fc.array(leaf))), value => {
        expect(redact(value)).toEqual(value);
      }),
    );
  });

  it('hides private keys, passwords in URLs and the text of a certificate, but not the resource', () => {
    expect(redact('-----BEGIN OPENSSH PRIVATE KEY-----\nabc')).toBe('[redacted]');
    expect(redact({ store: 'mysql://root:geheim@db/x' })).toEqual({ store: 'mysql://[redacted]@db/x' });
    expect(redact({ certificate: 'PEM' })).toEqual({ certificate: '[redacted]' });
    expect(redact({ certificate: { id: 1, name: 'c' } })).toEqual({ certificate: { id: 1, name: 'c' } });
    expect(redact({ root_password: null })).toEqual({ root_password: null });
  });
});

describe('the debug lines', () => {
  it('tell of a request without its secrets', () => {
    const headers = { authorization: 'Bearer geheim', accept: 'application/json' };
    const lines = requestLines({ ...request, headers, body: '{"name":"web","user_data":"geheim"}' });
    expect(lines).toEqual([
      '> POST https://api.test/v1/x?token=%5Bredacted%5D&page=2',
      '>   authorization: [redacted]',
      '>   accept: application/json',
      '>   {"name":"web","user_data":"[redacted]"}',
    ]);
  });

  it('tell status, time, requests left and correlation id of an answer', () => {
    const headers = { 'ratelimit-remaining': '3599', 'x-correlation-id': 'abc' };
    const answer = { status: 201, headers, body: '{"root_password":"geheim"}' };
    expect(responseLines(request, answer, 12.4)[0]).toBe(
      '< 201 POST https://api.test/v1/x?token=%5Bredacted%5D&page=2 in 12 ms, 3599 requests left, correlation id abc',
    );
    expect(responseLines(request, answer, 12.4).at(-1)).toBe('<   {"root_password":"[redacted]"}');
    expect(responseLines(request, { status: 204, headers: {}, body: '' }, 1)).toHaveLength(1);
  });

  it('tell only the length of a body that has no keys to go by', () => {
    for (const body of ['<html>geheim', '"geheim"']) {
      expect(responseLines(request, { status: 200, headers: {}, body }, 1)[1]).toBe(`<   (${body.length} bytes)`);
    }
  });

  it('show control characters, they do not obey them', () => {
    const answer = { status: 200, headers: { x: 'a\u009bb' }, body: '{"name":"\\u001b[31mred\u202e\u009b"}' };
    expect(responseLines(request, answer, 1).slice(1)).toEqual([
      '<   x: a\\u009bb',
      '<   {"name":"\\u001b[31mred\\u202e\\u009b"}',
    ]);
  });

  it('tell of a request that got no answer', () => {
    const failure = new Failure('timeout', 'api.test did not answer');
    expect(failureLine({ ...request, url: new URL('https://u:geheim@api.test/') }, failure, 30.2)).toBe(
      '! POST https://[redacted]@api.test/ timeout after 30 ms: api.test did not answer',
    );
    expect(redactUrl(new URL('https://api.test/v1?a=1'))).toBe('https://api.test/v1?a=1');
  });
});

describe('openDebugLog', () => {
  const written: string[] = [];
  const world = { err: { write: (text: string) => void written.push(text) } } as unknown as World;

  it('writes lines to standard error', () => {
    openDebugLog(world)('one');
    expect(written).toEqual(['one\n']);
  });

  it('appends to a file that only its owner can read, and says when it cannot', () => {
    const folder = mkdtempSync(join(tmpdir(), 'debug-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'log');
    const log = openDebugLog(world, file);
    log('one');
    log('two');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
    log('the folder has gone, and the call goes on');
    expect(() => openDebugLog(world, file)).toThrow(/^the debug file cannot be written: .*log \(ENOENT\)$/);
  });
});
