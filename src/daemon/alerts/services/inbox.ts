import { Failure } from '../../../core/failure.ts';
import type { Message } from '../../../core/notify/message.ts';
import type { InboxRow } from '../../../core/store/tables.ts';
import type { Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import type { AlertTools } from '../tools.ts';

type Line = Omit<InboxRow, 'id'> & { readonly id: number };

/** What can be done with messages of the inbox. */
export function inboxService({ store, clock }: Pick<AlertTools, 'store' | 'clock'>): Service {
  const { db } = store;
  const find = async (id: number) => {
    const row = await db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
    if (row) return row;
    throw new Failure('not_found', `message not found: ${id}`, { hint: 'cloudctl inbox list' });
  };
  return {
    async list({ input }) {
      const rows = db.selectFrom('inbox').selectAll().orderBy('id', 'desc').limit(5000);
      return (await (input.all ? rows : rows.where('seen', 'is', null)).execute()).map(show);
    },
    describe: async ({ id }) => ({ inbox_message: show(await find(id!)) }),
    async read({ id }) {
      await find(id!);
      const query = db.updateTable('inbox').set({ seen: clock.now() }).where('id', '=', id!).where('seen', 'is', null);
      await store.commit([{ query }]);
      return { inbox_message: show(await find(id!)) };
    },
    async clear({ id }) {
      await find(id!);
      await store.commit([{ query: db.deleteFrom('inbox').where('id', '=', id!) }]);
    },
  };
}

function show({ id, title, status, severity, at, seen, content }: Line): Record<string, unknown> {
  const message = JSON.parse(content) as Message;
  return { id, title, text: message.text, status, severity, at: timeOf(at), read: timeOf(seen), message };
}
