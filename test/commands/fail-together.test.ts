import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failTogether, type TogetherOptions, type Tried } from '../../src/commands/fail-together.ts';
import { Failure, type FailureCode, failures } from '../../src/core/failure.ts';

/** What is thrown when targets end with these codes; undefined is one that went well. */
function thrown(codes: readonly (FailureCode | undefined)[], options: Partial<TogetherOptions> = {}) {
  const tried: Tried[] = codes.map((code, index) => ({
    target: `web-${index}`,
    failure: code && new Failure(code, `${code} of web-${index}`),
  }));
  try {
    failTogether('reboot', tried, { several: true, ...options });
    return undefined;
  } catch (error) {
    return error as Failure;
  }
}

describe('the failures of several targets', () => {
  it('are none when all went well', () => {
    expect(thrown([undefined, undefined])).toBeUndefined();
  });

  it('are the failure itself when one target was asked for', () => {
    expect(thrown(['not_found'], { several: false })?.message).toBe('not_found of web-0');
  });

  it('are partial when some went well, and name those that did not', () => {
    expect(thrown([undefined, 'refused', undefined])).toMatchObject({
      code: 'partial',
      message: 'reboot failed for 1 of 3 servers',
      details: { targets: [{ target: 'web-1', code: 'refused', message: 'refused of web-1' }] },
    });
  });

  it('have the common exit status when all failed alike', () => {
    expect(thrown(['conflict', 'refused'])).toMatchObject({ code: 'conflict', exit: 6 });
    expect(thrown(['not_found'], { title: 'volume' })?.message).toBe('reboot failed for 1 of 1 volume');
  });

  it('are an interruption when Ctrl-C ended any, with the command that finishes them all', () => {
    const resume = 'cloudctl server resume';
    expect(thrown([undefined, 'refused', 'interrupted'], { resume })).toMatchObject({ exit: 130, hint: resume });
    expect(thrown([undefined, 'refused'], { resume })?.hint).toBeUndefined();
  });

  it('never hide a bug', () => {
    const codes = fc.array(fc.option(fc.constantFrom(...(Object.keys(failures) as FailureCode[])), { nil: undefined }));
    fc.assert(
      fc.property(codes, fc.boolean(), (given, several) => {
        const failure = thrown([...given, 'unexpected'], { several });
        expect(failure).toMatchObject({
          code: 'unexpected',
          message: `unexpected of web-${given.indexOf('unexpected') < 0 ? given.length : given.indexOf('unexpected')}`,
        });
      }),
    );
  });
});
