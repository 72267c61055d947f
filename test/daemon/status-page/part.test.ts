import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { About } from '../../../src/daemon/daemon-parts.ts';
import { statusPagePart } from '../../../src/daemon/status-page/part.ts';
import { temporaryHome } from '../../helpers/run.ts';
import { openBench } from '../checks/bench.ts';

/** The part of a daemon whose configuration has these keys, with one check that is up. */
async function open(keys: object = { 'status-page.checks': ['*'] }) {
  const bench = await openBench();
  const { clock, store } = bench;
  await bench.check('create', { name: 'web', type: 'ping', host: '127.0.0.1' });
  const add = async (state: 'up' | 'down') => {
    await store.db.updateTable('states').set({ ended: clock.now() }).where('ended', 'is', null).execute();
    await store.db
      .insertInto('states')
      .values({ check_id: 1, state, begun: clock.now(), ended: null, reason: '' })
      .execute();
    await store.db.updateTable('checks').set({ state, since: clock.now() }).execute();
  };
  await add('up');
  const folder = join(temporaryHome(), 'www');
  mkdirSync(folder);
  const values = {
    'status-page.directory': folder,
    'status-page.title': 'Example',
    'status-page.group-by': 'group',
    ...keys,
  };
  const reports: Record<string, () => Promise<unknown>> = {};
  const report: About['report'] = (name, read) => void Object.assign(reports, { [name]: read });
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  const stop = await statusPagePart.start(
    bench.tools as never,
    { configuration: { values }, report } as unknown as About,
  );
  onTestFinished(() => stop());
  const file = join(folder, 'status.json');
  const data = () => JSON.parse(readFileSync(file, 'utf8'));
  /** Lets so many seconds go by, until what is to be done then has been. */
  const pass = async (seconds: number) => {
    for (let gone = 0; gone < seconds; gone += 10) {
      const slept = clock.slept.length;
      await clock.advance(10_000);
      await vi.waitFor(() => expect(clock.slept.length).toBeGreaterThan(slept));
    }
  };
  if (values['status-page.directory']) await vi.waitFor(() => expect(clock.slept.length).toBeGreaterThan(0));
  return { ...bench, folder, file, data, add, pass, stop, reports };
}

describe('the status page that the daemon writes', () => {
  it('is there at the start, for everybody to read, and is written again each minute', async () => {
    const { folder, data, pass } = await open();
    expect(data()).toMatchObject({ title: 'Example', state: 'up', made: '2026-11-23T00:00:00Z' });
    expect(statSync(join(folder, 'index.html')).mode & 0o777).toBe(0o644);
    await pass(50);
    expect(data().made).toBe('2026-11-23T00:00:00Z');
    await pass(10);
    expect(data().made).toBe('2026-11-23T00:01:00Z');
  });

  it('is written within ten seconds when a check has changed', async () => {
    const { data, add, pass } = await open();
    await pass(10);
    await add('down');
    await pass(10);
    expect(data()).toMatchObject({ state: 'down', made: '2026-11-23T00:00:20Z' });
  });

  it('tells once why it cannot be written, in the log and in the status, and goes on when it can', async () => {
    const { folder, file, data, pass, logged, reports } = await open();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await pass(180);
    expect(logged.filter(line => line.includes('status page cannot be written'))).toHaveLength(1);
    expect(await reports.status_page!()).toMatchObject({ error: expect.stringMatching('not a folder') });
    rmSync(folder);
    await pass(10);
    // It is made anew, and a web server can look into it.
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    expect(data().state).toBe('up');
    expect(await reports.status_page!()).toEqual({
      directory: folder,
      written: expect.stringMatching(/^2026-/),
      error: null,
    });
    expect(statSync(file).isFile()).toBe(true);
  });

  it('says so when no check is chosen', async () => {
    const { logged } = await open({ 'status-page.selector': 'env=none' });
    expect(logged.join()).toMatch('the status page cannot be written');
    expect(logged.join()).toMatch('no check is chosen');
  });

  it('is not written where the configuration names no folder', async () => {
    const { reports } = await open({ 'status-page.directory': undefined });
    expect(reports).toEqual({});
  });
});
