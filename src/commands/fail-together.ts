import { Failure, toFailure } from '../core/failure.ts';

/** How it went for one target. */
export interface Tried {
  readonly target: string;
  readonly failure?: Failure;
}

/** How failures are put together. */
export interface TogetherOptions {
  /** More than one target was asked for, whatever matched. */
  readonly several: boolean;
  /** What one target is; `server` where absent. */
  readonly title?: string;
  /** The command that finishes all targets after Ctrl-C. */
  readonly resume?: string;
}

/** Why one target failed; what ends the whole command, a bug or Ctrl-C, is thrown on. */
export function failureOfTarget(error: unknown): Failure {
  const failure = toFailure(error);
  if (failure.code === 'unexpected' || failure.code === 'interrupted') throw error;
  return failure;
}

/** Throws what the failures come to: the only target's own, or a bug as it is; else one for all, with `interrupted` where Ctrl-C ended any, the common code when all failed with one, and `partial` otherwise. */
export function failTogether(verb: string, tried: readonly Tried[], options: TogetherOptions): void {
  const { several, title = 'server', resume } = options;
  const failed = tried.flatMap(({ target, failure }) => (failure ? [{ target, failure }] : []));
  const [first] = failed;
  if (!first) return;
  const bug = failed.find(({ failure }) => failure.code === 'unexpected');
  if (!several || bug) throw (bug ?? first).failure;
  const interrupted = failed.some(({ failure }) => failure.code === 'interrupted');
  const common = failed.length === tried.length && failed.every(({ failure }) => failure.exit === first.failure.exit);
  const code = interrupted ? 'interrupted' : common ? first.failure.code : 'partial';
  const what = tried.length === 1 ? title : `${title}s`;
  throw new Failure(code, `${verb} failed for ${failed.length} of ${tried.length} ${what}`, {
    hint: interrupted ? resume : undefined,
    details: {
      targets: failed.map(({ target, failure }) => ({ target, code: failure.code, message: failure.message })),
    },
  });
}
