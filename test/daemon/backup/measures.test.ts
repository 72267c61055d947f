import { describe, expect, it } from 'vitest';
import { measureBackups } from '../../../src/daemon/backup/measures.ts';
import { createMetrics } from '../../../src/daemon/http/metrics.ts';
import { addSchedule, day, hour, nightly, openBench } from './bench.ts';
import { afterNights } from './nights.ts';

describe('the measures of backups', () => {
  it('tell how old the newest image of each server is, and how many servers are ok', async () => {
    const bench = await afterNights(2);
    const metrics = createMetrics();
    measureBackups(metrics, bench.daemon.tools);
    const age = async () =>
      /^cloudctl_backup_age_seconds\{schedule="[^"]+",server="web-1"\} (.+)$/m.exec(await metrics.write())![1];
    const before = Number(await age());
    bench.clock.advance(hour);
    expect(Number(await age())).toBe(before + 3600);
    expect(await metrics.write()).toContain('cloudctl_backups{state="ok"} 1\n');
  });

  it('tell of a server without an image that it has become stale, and no age', async () => {
    const bench = await openBench();
    bench.imaging = () => ({ takes: 60_000, end: 'error' });
    await addSchedule(bench, nightly);
    await bench.pass(4 * day);
    const metrics = createMetrics();
    measureBackups(metrics, bench.daemon.tools);
    const text = await metrics.write();
    expect(text).toContain('cloudctl_backups{state="stale"} 1\n');
    expect(text).not.toMatch(/^cloudctl_backup_age_seconds\{/m);
  });

  it('leave out what is paused', async () => {
    const bench = await afterNights(2);
    await bench.store.db.updateTable('schedules').set({ paused: 1 }).execute();
    const metrics = createMetrics();
    measureBackups(metrics, bench.daemon.tools);
    const text = await metrics.write();
    expect(text).toContain('cloudctl_backups{state="ok"} 0\n');
    expect(text).not.toMatch(/^cloudctl_backup_age_seconds\{/m);
  });
});
