import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../core/failure.ts';
import { copyDaily, copyName } from '../core/store/copies.ts';
import { housekeep } from './api/housekeep.ts';
import type { About } from './daemon-parts.ts';
import type { Tools } from './tools.ts';

const hour = 3_600_000;

/** Each hour: what the API leaves behind is put in order, and the store is copied where that has not been done today; resolves with what stops it. */
export function keepHouse(tools: Tools, { configuration, audit, report }: About): () => Promise<void> {
  const { store, clock, log, signal } = tools;
  const { values } = configuration;
  const folder = values['copies.directory'] ?? join(values['state-directory'], 'copies');
  const stopped = new AbortController();
  const until = AbortSignal.any([signal, stopped.signal]);
  let last: { readonly file: string; readonly error: string | null } | undefined;

  async function copy(): Promise<void> {
    if (values.store !== 'sqlite') return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Its name begins with the day.
      const today = copyName(clock.now()).split('T')[0]!;
      if (readdirSync(folder).some(name => name.startsWith(today) && name.endsWith('.sqlite'))) return;
      last = { file: await copyDaily(store, folder, clock.now(), values['copies.keep']), error: null };
    } catch (error) {
      last = { file: folder, error: toFailure(error).message };
      log.error('the store could not be copied', { folder, error });
    }
  }

  async function turn(): Promise<void> {
    while (!until.aborted) {
      await copy();
      await housekeep({ store, clock, audit }).catch(error => log.error('housekeeping failed', { error }));
      await clock.sleep(hour, until).catch(() => {});
    }
  }

  report('copies', async () => last ?? null);
  const turning = turn();
  return async () => {
    stopped.abort();
    await turning;
  };
}
