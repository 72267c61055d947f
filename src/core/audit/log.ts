import type { KeyObject } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { Step, Store } from '../store/store.ts';
import type { AuditRow } from '../store/tables.ts';
import { template } from '../store/template.ts';
import type { Clock } from '../world.ts';
import type { Audit, Entry } from './audit.ts';
import { chain, genesis } from './chain.ts';
import { createMask, signPoint } from './keys.ts';
import { type Verification, verifyRows } from './verify.ts';

/** Where the log is, and what signs it. */
export interface AuditOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Ed25519, private. */
  readonly key: KeyObject;
}

/** The log of one store. */
export interface AuditLog extends Audit {
  /** Signs the newest entry, unless that is done. */
  checkpoint(): Promise<void>;
  verify(): Promise<Verification>;
  /** What stands in an entry for a secret. */
  mask(secret: string): string;
}

interface Waiting {
  readonly entries: readonly Entry[];
  readonly steps: readonly Step[];
  resolve(numbers: readonly number[] | undefined): void;
  reject(error: unknown): void;
}

type Head = Pick<AuditRow, 'seq' | 'hash'>;

const batch = 100;
/** As often as other processes may be quicker in a row. */
const attempts = 200;
const hour = 3_600_000;

/** The audit log in a store: entries are chained by their hashes, in one order however many callers and processes write. Those that wait for a commit are committed together. */
export function openAudit({ store, clock, key }: AuditOptions): AuditLog {
  const { db } = store;
  let head: Head | undefined;
  let signed = { seq: 0, at: clock.now() };
  let waiting: Waiting[] = [];
  let working = false;

  async function readHead(): Promise<Head> {
    const row = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row ?? { seq: 0, hash: genesis };
  }

  /** The numbers, or undefined when a step did not change as many rows as it had to. */
  async function write(entries: readonly Entry[], steps: readonly Step[]): Promise<readonly number[] | undefined> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const from = head ?? (await readHead());
      const rows = chain(entries, from, clock.now());
      const [only, ...others] = rows;
      const query = only && others.length === 0 ? adding(store, only) : db.insertInto('audit').values(rows);
      const insert = { query, changes: rows.length };
      const result = await store.commit([...steps, insert]).catch(error => settle(rows, error));
      if (result) {
        const { seq, hash } = rows.at(-1) ?? from;
        head = { seq, hash };
        return rows.map(row => row.seq);
      }
      // Another process was quicker, or a step did not fit: the former shows in the log.
      head = await readHead();
      if (head.seq === from.seq) return undefined;
    }
    throw new Failure('conflict', 'the audit log is written to by too many at once');
  }

  /** After a commit that broke it is looked up whether it was done. */
  async function settle(rows: readonly AuditRow[], error: unknown): Promise<readonly number[]> {
    head = undefined;
    const { seq, hash } = rows.at(-1)!;
    const found = await db.selectFrom('audit').select('hash').where('seq', '=', seq).executeTakeFirst();
    if (found?.hash !== hash) throw error;
    return rows.map(row => row.seq);
  }

  async function writeAll(group: readonly Waiting[]): Promise<void> {
    const together = group.flatMap(({ entries }) => entries);
    const steps = group.flatMap(one => one.steps);
    const numbers = group.length > 1 ? await write(together, steps).catch(() => undefined) : undefined;
    if (!numbers) return writeEach(group);
    let taken = 0;
    for (const { entries, resolve } of group) {
      resolve(numbers.slice(taken, taken + entries.length));
      taken += entries.length;
    }
  }

  /** One that does not fit must not undo the others. */
  async function writeEach(group: readonly Waiting[]): Promise<void> {
    for (const { entries, steps, resolve, reject } of group) await write(entries, steps).then(resolve, reject);
  }

  async function work(): Promise<void> {
    working = true;
    // Whoever calls in the same moment comes along.
    await setImmediate();
    while (waiting.length > 0) {
      const group = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      await writeAll(group);
      await signWhenDue();
    }
    working = false;
  }

  async function signWhenDue(): Promise<void> {
    if (!head || (head.seq - signed.seq < 1000 && clock.now() - signed.at < hour)) return;
    // The entries are written: that they are signed later harms nobody.
    await checkpoint().catch(() => {});
  }

  async function checkpoint(): Promise<void> {
    const newest = await readHead();
    const at = clock.now();
    if (newest.seq > 0) {
      const point = { ...newest, at };
      const row = { ...point, signature: signPoint(key, point) };
      await store.commit([{ query: db.insertInto('checkpoints').values(row), changes: 'any' }]);
    }
    signed = { seq: newest.seq, at };
  }

  return {
    commit(entries, steps = []) {
      if (entries.length === 0) return store.commit(steps).then(changed => changed && []);
      return new Promise((resolve, reject) => {
        waiting.push({ entries, steps, resolve, reject });
        if (!working) void work();
      });
    },
    checkpoint,
    async verify() {
      // Read first: what is signed after that is not in the rows perhaps, but never the other way round.
      const checkpoints = await db.selectFrom('checkpoints').selectAll().orderBy('seq').execute();
      return verifyRows(readRows(store), checkpoints, key);
    },
    mask: createMask(key),
  };
}

const adding = template((db, row: AuditRow) => db.insertInto('audit').values(row));

/** Every row, oldest first, some at a time. */
export async function* readRows({ db }: Pick<Store, 'db'>): AsyncGenerator<AuditRow> {
  let after = 0;
  for (;;) {
    const rows = await db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(1000).execute();
    yield* rows;
    if (rows.length === 0) return;
    after = rows.at(-1)!.seq;
  }
}
