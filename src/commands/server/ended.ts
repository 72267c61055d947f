import type { Ended } from '../composite.ts';
import type { Format } from '../output/format.ts';
import { writeResults } from '../output/results.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';

/** Writes what became of servers; `message` is for those that something was done to. */
export async function writeEnded(
  session: Session,
  format: Format,
  ended: readonly Ended[],
  { several, message }: { several: boolean; message: string },
): Promise<void> {
  const results = ended.map(({ target, item, done, failure, requests, nothing }) => ({
    target,
    id: item?.id,
    ok: !failure,
    message: failure || requests ? undefined : (nothing ?? message),
    value: done ? { server: done.server, ...(done.image && { image: done.image }) } : item && { server: item },
    actions: done?.actions,
    error: failure,
    requests,
  }));
  await writeResults(session.world.out, format, results, { several, ...lookOf(session) });
}
