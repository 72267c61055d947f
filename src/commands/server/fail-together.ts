import { Failure } from '../../core/failure.ts';

/** How it went for one target. */
export interface Tried {
  readonly target: string;
  readonly failure?: Failure;
}

/** Throws what the failures come to: the only target's own; the common code when all failed with one, `partial` otherwise. */
export function failTogether(verb: string, tried: readonly Tried[], several: boolean): void {
  const failed = tried.flatMap(({ target, failure }) => (failure ? [{ target, failure }] : []));
  const [first] = failed;
  if (!first) return;
  if (!several) throw first.failure;
  const common = failed.length === tried.length && failed.every(({ failure }) => failure.exit === first.failure.exit);
  throw new Failure(
    common ? first.failure.code : 'partial',
    `${verb} failed for ${failed.length} of ${tried.length} servers`,
    {
      details: {
        targets: failed.map(({ target, failure }) => ({ target, code: failure.code, message: failure.message })),
      },
    },
  );
}
