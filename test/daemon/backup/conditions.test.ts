import { describe, expect, it } from 'vitest';
import { useKey } from '../../../src/core/store/key.ts';
import { startAlerts } from '../../../src/daemon/alerts/index.ts';
import { createAlertTools } from '../../../src/daemon/alerts/tools.ts';
import { type Bench, day, hour } from './bench.ts';
import { afterNights } from './nights.ts';

async function alertsOf(bench: Bench) {
  const tools = createAlertTools(bench.daemon.tools, { key: useKey(Buffer.alloc(32)), allowed: () => [] });
  const alerts = await startAlerts(tools, { loop: false });
  await alerts.turn();
  const rows = await bench.store.db
    .selectFrom('alerts')
    .select(['subject', 'state', 'severity', 'summary'])
    .orderBy('id')
    .execute();
  return rows.map(
    ({ subject, state, severity, summary }) => `${subject.split('/')[0]} ${state} ${severity}: ${summary}`,
  );
}

describe('who watches backups', () => {
  it('is told that one has failed, that they have become old, and that all is well again', async () => {
    const bench = await afterNights(2);
    expect(await alertsOf(bench)).toEqual([]);
    bench.imaging = () => ({ takes: 60_000, end: 'error' });
    await bench.pass(5 * hour);
    expect(await alertsOf(bench)).toEqual([
      expect.stringMatching(/^backup firing critical: backup of web-1 by \S+ failed: /),
    ]);
    await bench.pass(day);
    expect(await alertsOf(bench)).toContainEqual(
      expect.stringMatching(/^stale firing (warning|critical): backups of web-1/),
    );
    bench.imaging = () => ({ takes: 60_000, end: 'good' });
    await bench.pass(day + 2 * hour);
    expect((await alertsOf(bench)).map(line => line.split(' ').slice(0, 2))).toEqual([
      ['backup', 'resolved'],
      ['stale', 'resolved'],
    ]);
  });
});
