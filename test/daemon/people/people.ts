import { onTestFinished } from 'vitest';
import { openAudit } from '../../../src/core/audit/log.ts';
import { hashToken, newToken } from '../../../src/core/auth/gateway-token.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { TokenRow, UserRow } from '../../../src/core/store/tables.ts';
import { openPeople } from '../../../src/daemon/gateway/people/find.ts';
import { newKey } from '../../core/audit/entries.ts';
import { fakeClock } from '../../helpers/clock.ts';

/** People of a store, and ways to enter some. */
export async function gather(open: () => Promise<Store>, clock = fakeClock(undefined, { auto: false })) {
  const store = await open();
  onTestFinished(() => store.close());
  const logged: string[] = [];
  const write = (message: string) => void logged.push(message);
  const log = { debug: write, info: write, warn: write, error: write };
  const audit = openAudit({ store, clock, key: newKey() });
  const people = openPeople({ store, audit, clock, log });
  return { store, clock, audit, log, logged, people, ...entering(store, clock.now) };
}

/** Enters users, tokens and roles as rows, whoever would be allowed to. */
export function entering(store: Store, now: () => number) {
  const { db } = store;
  return {
    async user(email: string, given: Partial<UserRow> = {}): Promise<number> {
      const row = {
        ...{ email, name: email, role: 'client', team: null, project_id: null, state: 'active' as const },
        ...{ password: null, workos_id: null, workos_role: null, invitation: null, invited_until: null, seen: null },
        ...{ created: now(), updated: now() },
        ...given,
      };
      await store.commit([{ query: db.insertInto('users').values(row as never) }]);
      return (await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id;
    },
    async token(user_id: number | null, given: Partial<TokenRow> = {}): Promise<string> {
      const text = newToken(given.kind ?? 'token');
      const row = {
        ...{ kind: 'token' as const, name: 'ci', hash: hashToken(text), user_id, issuer: 'root@socket' },
        ...{ role: null, permissions: null, selector: null, project_id: null, address: null },
        ...{ created: now(), expires: now() + 3_600_000, used: null, revoked: null },
        ...given,
      };
      await store.commit([{ query: db.insertInto('tokens').values(row as never) }]);
      return text;
    },
    async role(name: string, grants: object): Promise<void> {
      const row = { name, summary: name, permissions: JSON.stringify(grants), created: now(), updated: now() };
      await store.commit([{ query: db.insertInto('roles').values(row) }]);
    },
    change: (id: number, set: Partial<UserRow>) =>
      store.commit([
        {
          query: db
            .updateTable('users')
            .set(set as never)
            .where('id', '=', id),
        },
      ]),
  };
}
