import { Failure } from '../../core/failure.ts';

/** Whether what was thrown is of Hetzner and may pass; a job that is lost (`conflict`) and a bug are not. */
export function passes(error: unknown): error is Failure {
  return error instanceof Failure && ['limited', 'unreachable', 'timeout', 'busy'].includes(error.code);
}

/** True for what no waiting helps: a token that is not accepted, or may only read. */
export function isFinal(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'forbidden' || error.code === 'unauthorized');
}

/** Whether it is Hetzner that gives no answer: for now, or to the token that the daemon has. Whoever asks the daemon is not who is not let in. */
export function isSilence(error: unknown): error is Failure {
  return passes(error) || isFinal(error);
}

/** Throws what tells a person that Hetzner does not answer, before anything was done; other errors as they are. */
export function relay(error: unknown): never {
  if (!isSilence(error)) throw error;
  throw new Failure('unreachable', `Hetzner does not answer, so nothing was done: ${error.message}`, {
    apiCode: 'upstream_unavailable',
    hint: 'Try again when it does: cloudctl daemon status',
  });
}
