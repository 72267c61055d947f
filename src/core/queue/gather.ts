import type { Compilable } from 'kysely';
import type { Store } from '../store/store.ts';

/** Makes one write to the job of that id; the rows that it changed. */
export type Write = (id: number, query: Compilable) => Promise<number>;

interface Pending {
  readonly id: number;
  readonly query: Compilable;
  readonly resolve: (changed: number) => void;
  readonly reject: (error: unknown) => void;
}

const mostAtOnce = 500;

/** Makes writes that happen at the same time in one commit, since what a commit costs is the disk's answer. */
export function gatherWrites(store: Pick<Store, 'commit'>): Write {
  const pending: Pending[] = [];
  let isBusy = false;

  const flush = async () => {
    while (pending.length > 0) {
      // Sorted, so that two workers lock the rows that both want in the same order.
      const batch = pending.splice(0, mostAtOnce).sort((a, b) => a.id - b.id);
      try {
        const changed = (await store.commit(batch.map(({ query }) => ({ query }))))!;
        batch.forEach(({ resolve }, index) => void resolve(changed[index]!));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isBusy = false;
  };

  return (id, query) =>
    new Promise((resolve, reject) => {
      pending.push({ id, query, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      // After this turn, in which others may finish too.
      setImmediate(flush);
    });
}
