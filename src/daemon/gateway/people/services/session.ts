import type { Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { findHeld, readHeld, revoke } from '../held.ts';
import type { Token } from '../principal.ts';
import { emails, readUser } from '../rows.ts';

type Tools = Pick<PeopleTools, 'store' | 'clock'>;

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
      return { session: (await show([row]))[0] };
    },
  };
}

function shown({ id, name, address, created, expires, used }: Token, user = ''): Record<string, unknown> {
  return { id, name, user, address, created: timeOf(created), expires: timeOf(expires), used: timeOf(used) };
}
