import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Method } from '../../../src/core/api.ts';
import { Failure, type FailureCode, type FailureOptions, failures } from '../../../src/core/failure.ts';
import { decide, type Situation } from '../../../src/core/hetzner/retry.ts';

const failure = (code: FailureCode, options?: FailureOptions) => new Failure(code, 'x', options);
const broken = (code: string, ambiguous = false) =>
  failure('unreachable', { ambiguous, cause: Object.assign(new Error(), { code }) });
const situation = (method: Method, one: Failure, more: Partial<Situation> = {}): Situation => ({
  method,
  failure: one,
  attempt: 1,
  ambiguousBefore: false,
  keyed: false,
  now: 0,
  deadline: 300_000,
  random: 1,
  ...more,
});

/** How often a failure that does not go away is tried again, and the whole time that takes. */
function persevere(method: Method, one: Failure) {
  let now = 0;
  for (let attempt = 1; ; attempt += 1) {
    const decision = decide(situation(method, one, { attempt, now }));
    if (decision.next !== 'again') return { tries: attempt - 1, now, next: decision.next };
    now += decision.after;
  }
}

describe('decide', () => {
  it.each(['GET', 'PUT', 'DELETE'] as const)('tries %s again five times, each wait twice the last', method => {
    for (const one of [
      failure('unreachable', { ambiguous: true }),
      failure('conflict'),
      failure('timeout', { apiCode: 'timeout' }),
    ]) {
      expect(persevere(method, one)).toEqual({ tries: 5, now: 500 + 1000 + 2000 + 4000 + 8000, next: 'fail' });
    }
  });

  it('never waits longer than fifteen seconds, and spreads waits by chance down to none', () => {
    const one = failure('unreachable');
    expect(decide(situation('GET', one, { attempt: 5, random: 0.25 }))).toEqual({ next: 'again', after: 2000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const decision = decide(situation('GET', one, { attempt, random }));
        return decision.next === 'again' && decision.after >= 0 && decision.after <= 15_000;
      }),
    );
  });

  it('never sends a POST again blindly that may have had its effect', () => {
    const codes = fc.constantFrom(...(Object.keys(failures) as FailureCode[]));
    const causes = fc.constantFrom(undefined, 'ECONNRESET', 'CUT_OFF', 'ECONNREFUSED', 'NOT_THE_API', 'EPIPE');
    fc.assert(
      fc.property(
        codes,
        causes,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (code, cause, attempt, ambiguousBefore) => {
          fc.pre(code !== 'conflict' && code !== 'limited');
          const one = failure(code, {
            ambiguous: true,
            ...(cause && { cause: Object.assign(new Error(), { code: cause }) }),
          });
          return decide(situation('POST', one, { attempt, ambiguousBefore })).next !== 'again';
        },
      ),
    );
  });

  it.each(['conflict', 'limited'] as const)('sends a POST again after %s, for nothing was done', code => {
    expect(decide(situation('POST', failure(code))).next).toBe('again');
  });

  it('looks before a POST is sent again, and gives up after the third', () => {
    const lost = broken('ECONNRESET', true);
    expect(decide(situation('POST', lost)).next).toBe('look');
    expect(decide(situation('POST', lost, { attempt: 2 })).next).toBe('look');
    expect(decide(situation('POST', lost, { attempt: 3 })).next).toBe('fail');
    for (const apiCode of ['server_error', 'bad_gateway', 'unavailable', 'timeout']) {
      expect(decide(situation('POST', failure('unreachable', { apiCode, ambiguous: true }))).next).toBe('look');
    }
  });

  it('sends a POST again when no connection was made', () => {
    expect(decide(situation('POST', broken('EHOSTUNREACH'))).next).toBe('again');
  });

  it('sends a POST again with its key where the server knows it by that', () => {
    expect(decide(situation('POST', broken('ECONNRESET', true), { keyed: true })).next).toBe('again');
  });

  it('looks when a name is taken that an earlier attempt may have taken', () => {
    const taken = failure('refused', { apiCode: 'uniqueness_error' });
    expect(decide(situation('POST', taken, { attempt: 2, ambiguousBefore: true })).next).toBe('look');
    expect(decide(situation('POST', taken)).next).toBe('fail');
    expect(decide(situation('PUT', taken, { ambiguousBefore: true })).next).toBe('fail');
  });

  it('takes a DELETE for done when the item is gone after an attempt that may have landed', () => {
    expect(decide(situation('DELETE', failure('not_found'), { attempt: 2, ambiguousBefore: true })).next).toBe('done');
    expect(decide(situation('DELETE', failure('not_found'))).next).toBe('fail');
    expect(decide(situation('GET', failure('not_found'), { ambiguousBefore: true })).next).toBe('fail');
  });

  it('waits for what runs when a resource is locked, whatever the method', () => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect(decide(situation(method, failure('conflict', { apiCode: 'locked' }))).next).toBe('unlock');
    }
  });

  it('asks about once a second while the rate limit holds, as long as the deadline allows', () => {
    const limited = failure('limited');
    expect(decide(situation('POST', limited, { attempt: 100, random: 0 }))).toEqual({ next: 'again', after: 1000 });
    const { now, tries } = persevere('GET', limited);
    expect(now).toBeGreaterThan(298_000);
    expect(now).toBeLessThanOrEqual(300_000);
    expect(tries).toBe(200);
  });

  it('gives up soon on what will not pass: a host that is down within two seconds', () => {
    expect(persevere('GET', broken('ECONNREFUSED'))).toEqual({ tries: 2, now: 1200, next: 'fail' });
    expect(persevere('GET', broken('ENOTFOUND')).tries).toBe(1);
    expect(persevere('GET', broken('CERT_HAS_EXPIRED')).tries).toBe(1);
    expect(persevere('GET', broken('NOT_THE_API')).tries).toBe(0);
  });

  it('tries a maintenance three times, and a peer that hangs twice', () => {
    expect(persevere('POST', failure('unreachable', { apiCode: 'maintenance' })).tries).toBe(3);
    expect(persevere('GET', failure('timeout', { ambiguous: true })).tries).toBe(2);
  });

  it('does not wait past the deadline', () => {
    expect(decide(situation('GET', failure('unreachable'), { deadline: 499 })).next).toBe('fail');
    expect(decide(situation('GET', failure('unreachable'), { deadline: 500 })).next).toBe('again');
  });

  it.each(['usage', 'unauthorized', 'forbidden', 'not_found', 'refused', 'interrupted', 'unexpected'] as const)(
    'gives up at once on %s',
    code => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
        expect(decide(situation(method, failure(code, { ambiguous: true }))).next).toBe('fail');
      }
    },
  );
});
