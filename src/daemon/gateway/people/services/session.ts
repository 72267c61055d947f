import { Failure, toFailure } from '../../../../core/failure.ts';
import type { Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { findHeld, readHeld, revoke } from '../held.ts';
import type { Token } from '../principal.ts';
import { emails, readUser } from '../rows.ts';
import { endSession } from '../workos-deeds.ts';
import { always, ending } from '../workos-ends.ts';

type Tools = Pick<PeopleTools, 'store' | 'clock' | 'workos'>;

/** What can be done with sessions; who is not granted all sees and ends the own ones only. */
export function sessionService(tools: Tools): Service {
  const { store, clock } = tools;
  const show = async (rows: readonly Token[]) => {
    const users = await emails(store);
    return rows.map(row => shown(row, users.get(row.user_id ?? -1)));
  };
  return {
    async list({ input, caller }) {
      const of = input.user === undefined ? undefined : (await readUser(store, String(input.user))).id;
      const rows = await readHeld(tools, 'session', caller, of);
      return show(rows.filter(({ revoked, expires }) => revoked === null && expires > clock.now()));
    },
    describe: async ({ id, caller }) => ({ session: (await show([await findHeld(tools, 'session', caller, id!)]))[0] }),
    async revoke({ id, caller }) {
      const row = await findHeld(tools, 'session', caller, id!, 'write');
      await revoke(tools, row.id);
      if (row.workos_session !== null) await revokeAtWorkos(tools, row.workos_session);
      return { session: (await show([row]))[0] };
    },
  };
}

function shown({ id, name, address, created, expires, used }: Token, user = ''): Record<string, unknown> {
  return { id, name, user, address, created: timeOf(created), expires: timeOf(expires), used: timeOf(used) };
}

/** It ends here whatever WorkOS says, which else would go on with it. */
async function revokeAtWorkos({ store, clock, workos }: Tools, session: string): Promise<void> {
  await store.commit(ending(store, { subject: session, issued: always }, clock.now()));
  if (!workos?.isConfigured()) return;
  await endSession(workos, session).catch(error => {
    const { code, message, apiCode } = toFailure(error);
    const hint = 'Do it again when WorkOS answers';
    throw new Failure(code, `the session is ended here, but goes on at WorkOS: ${message}`, { apiCode, hint });
  });
}
