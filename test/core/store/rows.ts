import type { Step, Store } from '../../../src/core/store/store.ts';

/** The nth commit of a test: a row of its own, texts of many lengths, and a count that has to agree with the rows. */
export function nthCommit(store: Pick<Store, 'db'>, n: number): Step[] {
  const count = { name: 'count', value: String(n) };
  return [
    {
      query: store.db.insertInto('events').values({ at: n, type: 'nth', data: 'x'.repeat((n * 977) % 9_000) }),
      changes: 1,
    },
    n === 1
      ? { query: store.db.insertInto('meta').values(count), changes: 1 }
      : {
          query: store.db
            .updateTable('meta')
            .set(count)
            .where('value', '=', String(n - 1)),
          changes: 1,
        },
    { query: store.db.insertInto('checkpoints').values({ seq: n, at: n, hash: 'h', signature: '' }), changes: 1 },
  ];
}

/** How many of those commits the store has; throws when they are not 1, 2, 3 ... or the tables do not agree. */
export async function countCommits(store: Store): Promise<number> {
  const events = (await store.db.selectFrom('events').selectAll().orderBy('at').execute()).map(row => row.at);
  const checkpoints = (await store.db.selectFrom('checkpoints').select('seq').orderBy('seq').execute()).map(
    row => row.seq,
  );
  const count = Number((await store.db.selectFrom('meta').select('value').executeTakeFirst())?.value ?? 0);
  const wanted = JSON.stringify(Array.from({ length: count }, (_, place) => place + 1));
  if (JSON.stringify(events) !== wanted || JSON.stringify(checkpoints) !== wanted) {
    throw new Error(`torn: count ${count}, events ${events.join()}, checkpoints ${checkpoints.join()}`);
  }
  const faults = await store.check();
  if (faults.length > 0) throw new Error(faults.join('; '));
  return count;
}
