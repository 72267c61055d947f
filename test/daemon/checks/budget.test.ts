import { expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { open } from '../../core/hetzner/open.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { run } from '../../helpers/run.ts';
import { openBench } from './bench.ts';

it('a budget check fires when what exists costs more a month than it may, by the figures of cloudctl cost', async () => {
  const clock = fakeClock(Date.parse('2026-11-23T00:00:00Z'), { auto: false });
  const sandbox = await startSandbox({ seed: { servers: 3 }, clock });
  try {
    const cost = async (month: string) =>
      Number(JSON.parse((await run(sandbox, `cost --month ${month} -o json`, { clock })).out).total.gross);
    const { api } = open(sandbox.url, { token: sandbox.token });
    const { check, pass, conditions } = await openBench({ hetzner: api, clock });
    const [gross, now] = [await cost('next'), await cost('now')];
    await check('create', { name: 'all', type: 'budget', budget: gross - 0.01 });
    await check('create', { name: 'more', type: 'budget', budget: gross + 0.01 });
    await check('create', { name: 'now', type: 'budget', budget: 1e6, month: 'now' });
    await pass(120_000);
    expect(await conditions()).toEqual([
      `+ check/1: all is down: ${gross.toFixed(2)} of ${(gross - 0.01).toFixed(2)} EUR gross a month`,
    ]);
    expect(await check('describe', {}, 2)).toMatchObject({ state: 'up', value: gross });
    expect(now).toBeGreaterThan(0);
    expect(await check('describe', {}, 3)).toMatchObject({
      state: 'up',
      value: now,
      message: expect.stringMatching(/this month$/),
    });
  } finally {
    await sandbox.stop();
  }
});
