import type { Beat } from '../../core/checks/tools.ts';
import type { Step, Store } from '../../core/store/store.ts';
import type { Tools } from '../tools.ts';
import { hashToken } from './service/read.ts';

const longest = 500;

/** The write of a sign of life. Where it changes what is believed it is looked at at once. */
export function beating({ db }: Store, beat: Beat, which: { readonly id: number } | { readonly token: string }): Step {
  const kept: Beat = { ...beat, message: beat.message?.slice(0, longest) };
  const query = db
    .updateTable('checks')
    .set(({ eb, case: choose }) => ({
      beat: JSON.stringify(kept),
      next_due: choose()
        .when(eb('state', '=', beat.ok ? 'up' : 'down'))
        .then(eb.ref('next_due'))
        .else(beat.at)
        .end(),
    }))
    .where('paused', '=', 0);
  return {
    query: 'id' in which ? query.where('id', '=', which.id) : query.where('token', '=', hashToken(which.token)),
  };
}

/** Takes a sign of life by its token, which is all it needs; false for a token that no check has. */
export async function takeBeat(
  { store, clock }: Tools,
  token: string,
  ok: boolean,
  message?: string,
): Promise<boolean> {
  const beat = { at: clock.now(), ok, ...(message && { message }) };
  const [changed] = (await store.commit([beating(store, beat, { token })])) ?? [];
  return changed === 1;
}
