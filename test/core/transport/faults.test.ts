import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { brokenExchange, explain, faultError, faultOf } from '../../../src/core/transport/faults.ts';

const coded = (code: string) => Object.assign(new Error('raw words of Node'), { code });

describe('explain', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'name'],
    ['EAI_AGAIN', 'name'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['CERT_SOMETHING_NEW', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EHOSTUNREACH', 'route'],
    ['ETIMEDOUT', 'route'],
    ['ECONNRESET', 'closed'],
    ['HPE_INVALID_CONSTANT', 'garbled'],
    ['CUT_OFF', 'cut'],
    ['NOT_THE_API', 'foreign'],
    ['EWHATEVER', 'unknown'],
  ])('knows %s as %s, in words of its own', (code, fault) => {
    expect(explain(coded(code)).fault).toBe(fault);
    expect(explain(coded(code)).words).not.toContain('raw words');
  });

  it('shows an unknown code and has words for an error without one', () => {
    expect(explain(coded('EWHATEVER')).words).toBe('the connection failed (EWHATEVER)');
    expect(explain(undefined).words).toBe('the connection failed');
  });

  it('passes on what was said of the proxy', () => {
    expect(explain(faultError('PROXY', 'the proxy p:1: it refused'))).toMatchObject({
      fault: 'proxy',
      words: 'the proxy p:1: it refused',
    });
  });
});

describe('faultOf', () => {
  it('tells the fault under a broken exchange, and none for what the API reported', () => {
    expect(faultOf(brokenExchange('host', coded('ENOTFOUND'), false))).toBe('name');
    expect(faultOf(new Failure('unreachable', 'down', { apiCode: 'unavailable' }))).toBeUndefined();
    expect(faultOf(new Failure('conflict', 'locked', { cause: coded('ECONNRESET') }))).toBeUndefined();
  });
});
