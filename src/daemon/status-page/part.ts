import { clearDrafts } from '../../core/config/storage.ts';
import { toFailure } from '../../core/failure.ts';
import type { Part } from '../daemon-parts.ts';

const [look, longest] = [10_000, 60_000];

/** Keeps the status page of the configuration up to date: each minute, and within ten seconds after a check has changed. */
export const statusPagePart: Part = {
  name: 'status page',
  async start(tools, { configuration, report }) {
    const { values } = configuration;
    const folder = values['status-page.directory'];
    if (folder === undefined) return async () => {};
    // With them come dates in words, which are megabytes.
    const { filesOf, writePage } = await import('../../core/status-page/write.ts');
    const { readPage } = await import('./read.ts');
    const { clock, log, store, signal } = tools;
    const stopped = new AbortController();
    const until = AbortSignal.any([signal, stopped.signal]);
    let last: { written: number; newest: number; error: string | null } | undefined;
    for (const file of Object.values(filesOf(folder))) clearDrafts(file);

    async function turn(): Promise<void> {
      const now = clock.now();
      const { id: newest = 0 } =
        (await store.db.selectFrom('states').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()) ?? {};
      if (last?.error === null && last.newest === newest && now - last.written < longest && now >= last.written) return;
      const page = await readPage(tools, {
        names: values['status-page.checks'] ?? [],
        selector: values['status-page.selector'],
        title: values['status-page.title'],
        groupBy: values['status-page.group-by'],
        reasons: false,
      });
      writePage(folder!, page);
      if (last?.error !== null) log.info('status page written', { directory: folder });
      last = { written: now, newest, error: null };
    }

    async function turns(): Promise<void> {
      while (!until.aborted) {
        await turn().catch(error => {
          const { message } = toFailure(error);
          if (last?.error !== message) log.error('the status page cannot be written', { reason: message });
          last = { written: last?.written ?? 0, newest: last?.newest ?? 0, error: message };
        });
        await clock.sleep(look, until).catch(() => {});
      }
    }

    report('status_page', async () =>
      last ? { directory: folder, written: timeOf(last.written), error: last.error } : null,
    );
    const turning = turns();
    return async () => {
      stopped.abort();
      await turning;
    };
  },
};

function timeOf(at: number): string | null {
  return at === 0 ? null : new Date(at).toISOString();
}
