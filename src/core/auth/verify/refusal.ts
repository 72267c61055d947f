import { Failure } from '../../failure.ts';

/** The Failure `unauthorized` for a token that is not good; the message is ours alone, so that nothing of the token gets into a log. */
export function refusal(message: string, hint = 'Sign in again'): Failure {
  return new Failure('unauthorized', message, { hint });
}
