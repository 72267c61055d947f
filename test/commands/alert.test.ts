import { expect, it } from 'vitest';
import { stating } from '../../src/core/alerts/condition.ts';
import { alertService } from '../../src/daemon/alerts/services/alert.ts';
import { openBench } from '../daemon/alerts/bench.ts';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { run, temporaryHome } from '../helpers/run.ts';

it('cloudctl alert shows what is pending with its times, and finds an alert by its key whatever it is', async () => {
  const bench = await openBench();
  const at = bench.clock.now();
  const base = { severity: 'critical', labels: { check: 'web' } } as const;
  await bench.store.commit([
    stating(bench.store, { ...base, key: 'check/1', at, firing: false, fires: at + 60_000, summary: 'web fails' }),
    stating(bench.store, { ...base, key: 'check/2', at, firing: true, summary: 'db is down' }),
    stating(bench.store, { ...base, key: 'check/2', at: at + 1, firing: false, summary: 'db is up' }),
  ]);
  await bench.turn();
  const api = await openApi({ services: { alert: alertService(bench.tools) } });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const cloudctl = (line: string) => run(undefined, line, { env });
  expect((await cloudctl('alert list --state pending')).out).toMatch(
    /check\/1 +pending +critical +web fails +2026-11-25T10:00:00Z +2026-11-25T10:01:00.000Z/,
  );
  expect((await cloudctl('alert list -o name')).out).toBe('');
  expect(await cloudctl('alert describe check/1')).toMatchObject({ status: 0 });
  expect(JSON.parse((await cloudctl('alert describe check/2 -o json')).out)).toMatchObject({ state: 'resolved' });
  expect(await cloudctl('alert ack check/1')).toMatchObject({ status: 6, err: expect.stringContaining('not begun') });
  expect(await cloudctl("alert silence check/1 --reason 'known'")).toMatchObject({ status: 0 });
});
