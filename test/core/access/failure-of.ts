import { Failure } from '../../../src/core/failure.ts';

/** What a function fails with: `code: message (hint)`. */
export function failureOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.code}: ${error.message}${error.hint ? ` (${error.hint})` : ''}`;
  }
  return 'nothing';
}
