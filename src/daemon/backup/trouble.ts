import { Failure } from '../../core/failure.ts';

/** Whether what was thrown is of Hetzner and may pass; a job that is lost (`conflict`) and a bug are not. */
export function passes(error: unknown): error is Failure {
  return error instanceof Failure && ['limited', 'unreachable', 'timeout', 'busy'].includes(error.code);
}

/** True for what no waiting helps: a token that is not accepted, or may only read. */
export function isFinal(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'forbidden' || error.code === 'unauthorized');
}
