import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '../../../src/core/store/store.ts';
import type { About } from '../../../src/daemon/daemon-parts.ts';
import { createMetrics } from '../../../src/daemon/http/metrics.ts';
import { outboundHeartbeat } from '../../../src/daemon/service/outbound-heartbeat.ts';
import { createPulse } from '../../../src/daemon/service/pulse.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { openReceiver } from '../../helpers/receiver.ts';
import { temporaryHome } from '../../helpers/run.ts';
import { hasMysql, stores } from '../../helpers/stores.ts';

const minute = 60_000;
const secret = '/ping/0b5f6c2e-not-for-anybody';

/** The heartbeat of a daemon on that store, to an address of that server, with a clock that only the test turns. */
async function open(store: Store, server: string, clock = fakeClock(undefined, { auto: false })) {
  const file = join(temporaryHome(), 'heartbeat-url');
  const name = (url: string) => writeFileSync(file, `${url}\n`, { mode: 0o600 });
  name(`${server}${secret}`);
  const stop = new AbortController();
  const logged: string[] = [];
  const log = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const pulse = createPulse(clock);
  const metrics = createMetrics();
  let report: () => Promise<unknown> = async () => undefined;
  let turns = 0;
  const counted = {
    now: clock.now,
    sleep(ms: number, signal?: AbortSignal) {
      turns += 1;
      return clock.sleep(ms, signal);
    },
  };
  const tools = {
    store,
    clock: counted,
    random: Math.random,
    signal: stop.signal,
    log: { debug: log, info: log, warn: log, error: log },
  };
  const about = {
    configuration: { values: { 'heartbeat.url-file': file, 'heartbeat.interval': minute } },
    ...{ metrics, pulse },
    report: (_: string, read: () => Promise<unknown>) => {
      report = read;
    },
  };
  const turn = async (first: () => unknown) => {
    const before = turns;
    await first();
    await vi.waitFor(() => expect(turns).toBeGreaterThan(before));
  };
  let end: () => Promise<void> = async () => {};
  await turn(async () => {
    end = await outboundHeartbeat.start(tools as never, about as unknown as About);
  });
  onTestFinished(() => end());
  return {
    ...{ clock, pulse, logged, file, name, stop: () => end() },
    /** Lets so many milliseconds go by, after which it has done its turn. */
    pass: (ms: number) => turn(() => clock.advance(ms)),
    report: () => report(),
    counted: async () => (await metrics.write()).match(/^cloudctl_heartbeats_total.*$/gm) ?? [],
  };
}

const openStore = async (which = stores[0]!) => {
  const store = await which.open();
  onTestFinished(() => store.close());
  return store;
};

describe('the outbound heartbeat', () => {
  it('is sent at the start and at each interval', async () => {
    const receiver = await openReceiver();
    const { pass, counted, report } = await open(await openStore(), receiver.url);
    expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${secret}`]);
    await pass(minute);
    await pass(minute);
    expect(receiver.received).toHaveLength(3);
    expect(await counted()).toEqual(['cloudctl_heartbeats_total{result="sent"} 3']);
    expect(await report()).toEqual({
      to: receiver.url,
      sent: '2026-11-23T08:02:00.000Z',
      result: 'sent',
      reason: null,
    });
  });

  it('is held back while a part of the daemon is silent, and goes on when it shows life', async () => {
    const receiver = await openReceiver();
    const { pass, pulse, logged, report, counted } = await open(await openStore(), receiver.url);
    pulse.expect('scheduler', minute / 4);
    await pass(minute);
    await pass(minute / 4);
    expect(receiver.received).toHaveLength(1);
    expect(await report()).toMatchObject({ result: 'held', reason: 'silent: scheduler' });
    pulse.beat('scheduler');
    await pass(minute / 4);
    expect(receiver.received).toHaveLength(2);
    expect(logged.map(line => line.split(' {')[0])).toEqual([
      ...['the heartbeat is taken', 'no heartbeat is sent', 'the heartbeat is taken'],
    ]);
    expect(await counted()).toContain('cloudctl_heartbeats_total{result="held"} 2');
  });

  it('is held back while the store takes no write', async () => {
    const receiver = await openReceiver();
    const store = await openStore();
    let isFull = true;
    const full: Store = {
      ...store,
      commit: steps => (isFull ? Promise.reject(new Error('no space is left on the disk')) : store.commit(steps)),
    };
    const { pass, report } = await open(full, receiver.url);
    expect(await report()).toMatchObject({
      result: 'held',
      reason: expect.stringMatching('no space is left'),
      sent: null,
    });
    isFull = false;
    await pass(15_000);
    expect(receiver.received).toHaveLength(1);
  });

  it('that is not taken is told once and tried again soon, and its address is shown nowhere', async () => {
    const receiver = await openReceiver(() => 500);
    const { pass, logged, report, counted } = await open(await openStore(), receiver.url);
    await pass(15_000);
    receiver.state.reply = () => 302;
    await pass(15_000);
    expect(receiver.received).toHaveLength(3);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^the heartbeat is not taken .*127\.0\.0\.1:\d+ answered with 500/);
    expect(await report()).toMatchObject({
      result: 'failed',
      reason: expect.stringMatching('302: redirects are not followed'),
    });
    receiver.state.reply = () => 200;
    await pass(15_000);
    expect(await counted()).toEqual([
      'cloudctl_heartbeats_total{result="failed"} 3',
      'cloudctl_heartbeats_total{result="sent"} 1',
    ]);
    for (const shown of [...logged, JSON.stringify(await report())]) expect(shown).not.toContain('not-for-anybody');
  });

  it('goes to the address that the file has now, and a file without one is told without what is in it', async () => {
    const [first, second] = [await openReceiver(), await openReceiver()];
    const { pass, name, file, logged, report } = await open(await openStore(), first.url);
    name(`${second.url}/other`);
    await pass(minute);
    expect(second.received).toMatchObject([{ path: '/other' }]);
    name('hunter2-is-no-address');
    await pass(minute);
    expect(await report()).toMatchObject({
      to: null,
      result: 'failed',
      reason: `heartbeat.url-file: ${file} holds no address such as https://...`,
    });
    rmSync(file);
    await pass(15_000);
    expect(await report()).toMatchObject({ reason: expect.stringMatching('there is no file') });
    expect(logged.join()).not.toContain('hunter2');
    writeFileSync(file, first.url);
    chmodSync(file, 0o600);
    await pass(15_000);
    expect(first.received).toHaveLength(2);
  });

  it('may go to the networks of the host, since the administrator names the address', async () => {
    const receiver = await openReceiver();
    // Channels are refused such an address; this one was called at the start.
    await open(await openStore(), receiver.url.replace('127.0.0.1', 'localhost'));
    expect(receiver.received).toHaveLength(1);
  });
});

describe.skipIf(!hasMysql)('the outbound heartbeat of two daemons on one store', () => {
  it('comes from one of them, and from the other when that one is not well any more', async () => {
    const store = await openStore(stores[1]);
    const receiver = await openReceiver();
    const clock = fakeClock(undefined, { auto: false });
    const one = await open(store, `${receiver.url}/one`, clock);
    const two = await open(
      await (store as unknown as { another(): Promise<Store> }).another(),
      `${receiver.url}/two`,
      clock,
    );
    const callers = () => receiver.received.map(({ path }) => path.split('/')[1]);
    expect(callers()).toEqual(['one']);
    expect(await two.report()).toMatchObject({ result: 'standby', sent: null });
    expect(await two.counted()).toEqual([]);
    one.pulse.expect('scheduler', 1_000);
    for (let round = 0; round < 4; round += 1) {
      await one.pass(minute);
      await vi.waitFor(async () => expect(await one.report()).toMatchObject({ result: 'held' }));
    }
    await vi.waitFor(() => expect(callers()).toContain('two'));
    expect(
      callers()
        .slice(1)
        .every(caller => caller === 'two'),
    ).toBe(true);
  });
});
