import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { notTheApi, readBody, readError } from '../../../src/core/hetzner/errors.ts';
import { faultOf } from '../../../src/core/transport/faults.ts';
import { problem } from './open.ts';

const answer = (status: number, body: unknown, type = 'application/json') => ({
  status,
  headers: { 'content-type': type, 'x-correlation-id': 'abc' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const read = (status: number, code: string, details?: unknown) =>
  readError(answer(status, problem(code, details)), 'api.test');

describe('readError', () => {
  it.each([
    [401, 'unauthorized', 'unauthorized'],
    [401, 'token_readonly', 'forbidden'],
    [403, 'forbidden', 'forbidden'],
    [403, 'maintenance', 'unreachable'],
    [403, 'resource_limit_exceeded', 'refused'],
    [404, 'not_found', 'not_found'],
    [409, 'uniqueness_error', 'refused'],
    [409, 'conflict', 'conflict'],
    [410, 'deprecated_api_endpoint', 'refused'],
    [412, 'resource_unavailable', 'refused'],
    [422, 'invalid_input', 'refused'],
    [423, 'locked', 'conflict'],
    [423, 'protected', 'refused'],
    [429, 'rate_limit_exceeded', 'limited'],
    [500, 'server_error', 'unreachable'],
    [502, 'bad_gateway', 'unreachable'],
    [503, 'unavailable', 'unreachable'],
    [504, 'timeout', 'timeout'],
  ])('takes %i %s for %s', (status, code, expected) => {
    const failure = read(status, code);
    expect(failure).toMatchObject({ code: expected, apiCode: code, correlationId: 'abc', ambiguous: status >= 500 });
    expect(failure.message).toContain(code.replaceAll('_', ' '));
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'conflict'],
    [412, 'refused'],
    [422, 'refused'],
    [429, 'limited'],
    [501, 'unreachable'],
    [504, 'timeout'],
    [302, 'unreachable'],
  ])('goes by the status %i for a code that is new: %s', (status, expected) => {
    expect(read(status, 'brand_new').code).toBe(expected);
  });

  it('keeps the details as they came and says what comes next', () => {
    const details = { fields: [{ name: 'server_type', messages: ['unknown'] }], more: 1 };
    expect(read(422, 'invalid_input', details).details).toEqual(details);
    expect(read(423, 'protected').hint).toContain('disable-protection');
    expect(read(410, 'deprecated_api_endpoint', { announcement: 'https://docs.test/x' }).hint).toBe(
      'See https://docs.test/x',
    );
    const limit = read(403, 'resource_limit_exceeded', { limits: [{ name: 'project_limit' }] });
    expect(limit.message).toBe('the resource limit exceeded (project_limit)');
    expect(limit.hint).toContain('support');
  });

  it('has words where the API has none', () => {
    expect(readError(answer(404, { error: { code: 'not_found' } }), 'api.test').message).toBe('not found');
    expect(readError(answer(404, { error: { code: 'not_found', message: 'Gone.' } }), 'api.test').message).toBe('Gone');
  });

  it('gives a Failure for any body and status, never another error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        expect(readError(answer(status, body), 'api.test')).toBeInstanceOf(Failure);
      }),
    );
    const odd = { error: { code: 'x', message: 7, details: { limits: 'many' } } };
    expect(readError(answer(422, odd), 'api.test').code).toBe('refused');
  });
});

describe('an answer that is not the API', () => {
  it('is named with host, status and type, and is not tried again', () => {
    const failure = notTheApi(answer(200, '<html>', 'text/html; charset=utf-8'), 'portal.test');
    expect(failure.message).toBe('portal.test did not answer as the Hetzner API (HTTP 200, text/html)');
    expect(faultOf(failure)).toBe('foreign');
    expect(notTheApi({ status: 404, headers: {}, body: '' }, 'a').message).toContain('(HTTP 404, no type)');
  });

  it('but is a gateway that fails passes', () => {
    expect(readError(answer(502, '<html>', 'text/html'), 'a')).toMatchObject({ code: 'unreachable', ambiguous: true });
    expect(faultOf(readError(answer(503, '<html>', 'text/html'), 'a'))).toBeUndefined();
    expect(readError(answer(504, '', 'text/html'), 'a').code).toBe('timeout');
    expect(readError(answer(429, 'slow down', 'text/plain'), 'a').code).toBe('limited');
  });
});

describe('readBody', () => {
  it('gives objects as they are, and nothing for an empty body', () => {
    expect(readBody(answer(200, { a: [1] }), 'a')).toEqual({ a: [1] });
    expect(readBody(answer(204, ''), 'a')).toBeUndefined();
  });

  it('does not take half of an object, a page or a bare value for an answer', () => {
    const thrown = (body: string, type?: string) => {
      try {
        return readBody(answer(200, body, type), 'api.test');
      } catch (error) {
        return error as Failure;
      }
    };
    expect(thrown('{"servers":[')).toMatchObject({ message: 'api.test: the answer was cut off', ambiguous: true });
    expect(thrown('<html>', 'text/html')).toMatchObject({ code: 'unreachable', ambiguous: true });
    expect(thrown('null')).toMatchObject({ code: 'unreachable' });
    expect(thrown('42')).toMatchObject({ code: 'unreachable' });
  });
});
