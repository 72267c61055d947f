import type { Clock } from '../../core/world.ts';

/** How many refusals of strangers are entered in a minute: whoever knocks for ever must not fill the disk. */
const most = 60;

/** Says whether a refusal may be entered now, and how many were not entered since the last that was. */
export function createRefusalLimit(clock: Clock): () => { readonly untold: number } | undefined {
  let minute = 0;
  let entered = 0;
  let untold = 0;
  return () => {
    const now = Math.floor(clock.now() / 60_000);
    if (now !== minute) [minute, entered] = [now, 0];
    if (entered >= most) {
      untold += 1;
      return undefined;
    }
    entered += 1;
    const told = { untold };
    untold = 0;
    return told;
  };
}
