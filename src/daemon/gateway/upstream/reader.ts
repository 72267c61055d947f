import type { Clock } from '../../../core/world.ts';
import { isCatalogue, rootOf } from './collections.ts';
import { createFlights } from './flights.ts';
import type { SharedProject } from './shared.ts';
import { createTogether, type TogetherOptions, type Wish } from './together.ts';
import { unless } from './unless.ts';
import type { Asker, Got, Picture, Reader, UpstreamFigures } from './upstream.ts';

export interface ReaderOptions {
  /** Reads a collection whole. */
  readonly list: TogetherOptions['list'];
  /** Asks once. */
  readonly ask: (path: string, asker: Asker) => Promise<Got>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Requests of the project an hour. */
  readonly limit: () => number;
  /** What other daemons have of the project, where there may be some. */
  readonly shared?: SharedProject;
}

/** A reader, and where its answers were. */
export type CountedReader = Reader & { counts(): Pick<UpstreamFigures, 'hits' | 'borrowed' | 'misses'> };

interface Kept<T> {
  readonly value: T;
  /** When its reading began. */
  readonly moment: number;
  readonly at: number;
}

interface Used {
  pages: number;
  asked: number;
}

const second = 1_000;
const hour = 3_600_000;
/** The part of the project's requests that reading its collections may take. */
const part = 0.35;
/** A collection is in use so long after somebody has asked for it. */
const inUse = 600 * second;
const [mostPictures, mostAnswers] = [64, 500];

/** How old a picture of a project's collection may be, in milliseconds, when those in use have so many pages together: so old that reading all of them again and again takes no more than its part of the requests. */
export function lifeOf(pages: number, limit: number): number {
  return Math.max(2 * second, Math.ceil((pages * hour) / (part * limit)));
}

/** Nothing is kept at first. */
export function createReader({ list, ask, clock, limit, shared }: ReaderOptions): CountedReader {
  let moment = 0;
  const tick = () => ++moment;
  const touched = new Map<string, number>();
  /** The epochs that were seen last. */
  const epochs = new Map<string, string>();
  const pictures = new Map<string, Kept<Picture>>();
  const answers = new Map<string, Kept<Got>>();
  const used = new Map<string, Used>();
  const reading = createFlights<Picture>(clock, tick);
  const asking = createFlights<Got>(clock, tick);
  const readTogether = createTogether({ list, clock, shared });
  const borrowed = new WeakSet<object>();
  const counts = { hits: 0, borrowed: 0, misses: 0 };

  /** The moment after which a reading must have begun. */
  const needOf = (path: string, fresh: boolean) => (fresh ? moment : (touched.get(rootOf(path)) ?? 0));

  function notePages(collection: string, pages: number): void {
    const use = used.get(collection);
    if (use) use.pages = pages;
  }

  function life(collection: string): number {
    if (isCatalogue(collection)) return hour;
    const now = clock.now();
    for (const [name, { asked }] of used) if (now - asked > inUse) used.delete(name);
    return lifeOf(
      [...used.values()].reduce((sum, { pages }) => sum + pages, 0),
      limit(),
    );
  }

  /** Looks whether another daemon has changed something: then it is as if it were changed here now. */
  async function look({ epoch: look }: Pick<SharedProject, 'epoch'>, path: string): Promise<void> {
    const root = rootOf(path);
    const epoch = await look(root);
    if (epoch === undefined || epoch === epochs.get(root)) return;
    epochs.set(root, epoch);
    touched.set(root, tick());
  }

  async function read(collection: string, asker: Asker, wish: Wish, begun: number): Promise<Picture> {
    const { items, version, pages, at, isBorrowed } = await readTogether(collection, asker, wish);
    notePages(collection, pages);
    const picture = { version, at, items, byId: new Map(items.map(item => [item.id, item])) };
    if (isBorrowed) borrowed.add(picture);
    keep(pictures, collection, { value: picture, moment: begun, at }, mostPictures);
    return picture;
  }

  async function fetch(path: string, asker: Asker, begun: number): Promise<Got> {
    const got = await ask(path, asker);
    if (got.status === 200) keep(answers, path, { value: got, moment: begun, at: clock.now() }, mostAnswers);
    return got;
  }

  /** Answers from memory where that is good enough, else reads together with all who want the same. */
  async function share<T extends object>(
    { path, asker, fresh, life }: { path: string; asker: Asker; fresh: boolean; life: number },
    kept: ReadonlyMap<string, Kept<T>>,
    join: (urgency: Asker['urgency'], need: number) => Promise<T>,
  ): Promise<T> {
    if (shared) await unless(asker.signal, look(shared, path));
    const need = needOf(path, fresh);
    const known = kept.get(path);
    if (known && known.moment > need) {
      const isOld = clock.now() - known.at >= life;
      if (!isOld || isCatalogue(path)) {
        counts.hits += 1;
        // It is good enough for this time, and read anew for the next.
        if (isOld) join('background', need).catch(() => {});
        return known.value;
      }
    }
    // What is old has to be read by somebody who begins now: what was begun and has ended is kept.
    const value = await unless(asker.signal, join(asker.urgency, need));
    counts[borrowed.has(value) ? 'borrowed' : 'misses'] += 1;
    return value;
  }

  return {
    all(collection, asker, { fresh = false } = {}) {
      if (!isCatalogue(collection)) {
        const use = used.get(collection) ?? { pages: 1, asked: 0 };
        use.asked = clock.now();
        used.set(collection, use);
      }
      const { tenant } = asker;
      const lifeWith = (pages: number) => {
        notePages(collection, pages);
        return life(collection);
      };
      // Who wants it fresh does not join those who may be given what another daemon has read.
      const key = fresh ? `fresh ${collection}` : collection;
      return share({ path: collection, asker, fresh, life: life(collection) }, pictures, (urgency, need) =>
        reading.join(key, urgency, need, begun =>
          read(collection, { tenant, urgency }, { fresh, life: lifeWith }, begun),
        ),
      );
    },
    get(path, asker, { fresh = false } = {}) {
      const { tenant } = asker;
      return share({ path, asker, fresh, life: lifeOfAnswer(path) }, answers, (urgency, need) =>
        asking.join(path, urgency, need, begun => fetch(path, { tenant, urgency }, begun)),
      );
    },
    async touch(collections) {
      const now = tick();
      const roots = [...new Set(collections.map(rootOf))];
      for (const root of roots) touched.set(root, now);
      if (roots.length > 0) await shared?.raise(roots);
    },
    counts: () => ({ ...counts }),
  };
}

/** How long one answer is good, in milliseconds. */
function lifeOfAnswer(path: string): number {
  if (isCatalogue(path)) return hour;
  return /\/metrics(\?|$)/.test(path) ? 10 * second : 1.5 * second;
}

/** Keeps it as the newest; a reading that began later than this one stays, and what is more than so many goes, the oldest first. */
function keep<T>(all: Map<string, Kept<T>>, key: string, one: Kept<T>, most: number): void {
  if ((all.get(key)?.moment ?? 0) > one.moment) return;
  all.delete(key);
  all.set(key, one);
  for (const oldest of all.keys()) {
    if (all.size <= most) return;
    all.delete(oldest);
  }
}
