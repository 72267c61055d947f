import fs from 'node:fs';
import type { Log } from '../log.ts';
import type { Range } from '../metrics/range.ts';
import { storeFailure } from '../store/sqlite-faults.ts';
import type { Clock } from '../world.ts';
import { beginOfHour, isDamaged, isGone, openFile, type SamplesFile } from './file.ts';
import { chooseLevel, levels } from './levels.ts';
import { gather, rollUp } from './rollup.ts';
import type { Samples } from './samples.ts';

/** The samples in a file, or in memory for `:memory:`. A file that is damaged, of another kind or removed meanwhile is set aside with a warning, and begun anew. Throws what the file system says when none can be made. */
export async function openSamples(
  file: string,
  { log, clock }: { log: Log; clock: Pick<Clock, 'now'> },
): Promise<Samples> {
  const { default: Database } = await import('better-sqlite3');
  let opened = openOrRenew();

  function openOrRenew() {
    try {
      return openFile(Database, file);
    } catch (error) {
      if (!isDamaged(error)) throw storeFailure(file, error);
      setAside(error);
      return openFile(Database, file);
    }
  }

  function setAside(reason: unknown): void {
    const aside = `${file}.damaged-${clock.now()}`;
    if (fs.existsSync(file)) fs.renameSync(file, aside);
    for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
    log.warn('the samples are begun anew', { file, aside, reason: (reason as Error).message });
  }

  /** Once more where the file had to be begun anew. */
  function using<T>(work: (file: SamplesFile) => T): T {
    try {
      if (isGone(file, opened.node)) {
        opened.database.close();
        log.warn('the samples are begun anew', { file, reason: 'the file was removed' });
        opened = openOrRenew();
      }
      return work(opened);
    } catch (error) {
      if (!isDamaged(error)) throw storeFailure(file, error);
      opened.database.close();
      setAside(error);
      opened = openOrRenew();
      return work(opened);
    }
  }

  return {
    write: (server, series, asked) => using(({ write }) => write(server, series, asked)),
    metrics: server => using(({ metrics }) => metrics.all(server)),
    samples: (server, metric, range) =>
      using(({ chunks, find }) => {
        const series = find.get(server, metric);
        return series ? chunks.samples(series.id, within(range, series, 0, clock.now())) : [];
      }),
    history: (server, metric, { step: asked, most, ...range }) =>
      using(({ chunks, find }) => {
        const now = clock.now();
        const { level, step } = chooseLevel(range, now, asked, most);
        const series = find.get(server, metric);
        if (!series) return { step, buckets: [] };
        const { start, end } = within(range, series, level, now);
        if (level === 0) return { step, buckets: rollUp(chunks.samples(series.id, { start, end }), step) };
        // The newest hour is rolled up when a later one begins.
        const open = Math.max(start, beginOfHour(series.newest));
        const current = rollUp(chunks.samples(series.id, { start: open, end }), levels[level]!.step);
        const rolled = chunks.buckets(series.id, level, { start, end: current.length > 0 ? Math.min(end, open) : end });
        return { step, buckets: gather([...rolled, ...current], step) };
      }),
    newest: (server, metric) => using(({ find }) => find.get(server, metric)?.newest),
    asked: () => using(({ asked }) => asked),
    prune: servers => using(({ prune }) => prune(clock.now(), servers)),
    close: () => void opened.database.close(),
  };
}

/** No further than there is something: each chunk is looked up by its key. */
function within(range: Range, { newest }: { readonly newest: number }, level: number, now: number) {
  const { keep, span } = levels[level]!;
  return { start: Math.max(range.start, now - keep - span), end: Math.min(range.end, newest + 1) };
}
