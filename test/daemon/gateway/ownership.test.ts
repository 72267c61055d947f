import { expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../../src/core/store/store.ts';
import { openOwnership } from '../../../src/daemon/gateway/ownership.ts';
import { stores } from '../../helpers/stores.ts';

/** The store, of which the rows of owners come when `until` is done, as they were when they were `read`. */
function withSlowRows(store: Store, read: () => void, until: Promise<void>): Store {
  const selectFrom = (table: 'ownerships') => {
    const query = store.db.selectFrom(table);
    if (table !== 'ownerships') return query;
    const select = (columns: readonly ['owner']) => ({
      async execute() {
        const rows = await query.select(columns).execute();
        read();
        await until;
        return rows;
      },
    });
    return { select };
  };
  const db = new Proxy(store.db, {
    get(target, key) {
      if (key === 'selectFrom') return selectFrom;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...store, db };
}

function later() {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

it.each(stores)('whose something is holds for everybody who asks after it was changed, on $name', async ({ open }) => {
  const store = await open();
  onTestFinished(() => store.close());
  const clock = { now: () => 1 };
  const one = openOwnership({ store, clock });
  const about = { project: 1, type: 'servers', id: 7, author: 'test' };
  const own = one.write([{ kind: 'own', ...about, owner: 'user-1' }]);
  await store.commit(own.steps);
  const [hasRead, goOn] = [later(), later()];
  const other = openOwnership({ store: withSlowRows(store, hasRead.resolve, goOn.promise), clock });
  const early = other.read();
  await hasRead.promise;
  const given = one.write([{ kind: 'transfer', ...about, owner: 'user-2' }]);
  await store.commit(given.steps);
  const late = other.read();
  await one.read();
  goOn.resolve();
  expect((await early).ownerOf(1, 'servers', 7)).toBe('user-1');
  expect((await late).ownerOf(1, 'servers', 7)).toBe('user-2');
});
