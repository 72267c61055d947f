import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { daemonEnvironment } from '../../../src/commands/daemon/program.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { createLive } from '../../../src/daemon/daemon-live.ts';
import { createStack } from '../../../src/daemon/daemon-stack.ts';
import { writeHeartbeat } from '../../../src/daemon/service/heartbeat.ts';
import { runHook } from '../../../src/daemon/service/hook.ts';
import { openKey } from '../../../src/daemon/service/key.ts';
import { watchdogInterval } from '../../../src/daemon/service/notify.ts';
import { createPulse } from '../../../src/daemon/service/pulse.ts';
import { feedWatchdog } from '../../../src/daemon/service/watchdog.ts';
import { which } from '../../e2e/binary.ts';
import { fakeClock } from '../../helpers/clock.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'cloudctl-service-'));
const log = { debug() {}, info() {}, warn() {}, error() {} };

describe('the watchdog', () => {
  async function feed(
    rounds: number,
    disturb: (round: number, clock: ReturnType<typeof fakeClock>) => void,
    write = async () => {},
  ) {
    const clock = fakeClock(0);
    const pulse = createPulse(clock);
    pulse.expect('scheduler', 1_000);
    const stop = new AbortController();
    const told: number[] = [];
    let round = 0;
    const sleeping = {
      now: clock.now,
      async sleep(ms: number, signal?: AbortSignal) {
        round += 1;
        if (round === rounds) stop.abort();
        await clock.sleep(ms, signal);
        disturb(round, clock);
        if (round < 3) pulse.beat('scheduler');
      },
    };
    const notify = async () => void told.push(clock.now());
    await feedWatchdog({ interval: 1_000, clock: sleeping, pulse, notify, write, log, signal: stop.signal });
    return told;
  }

  it('is fed while the scheduler ticks, and no longer', async () => {
    expect(await feed(8, () => {})).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it('is not fed while the store takes no write', async () => {
    let isFull = false;
    const told = await feed(
      3,
      round => {
        isFull = round === 1;
      },
      async () => {
        if (isFull) throw new Error('database or disk is full');
      },
    );
    expect(told).toEqual([0, 2_000]);
  });

  it('is fed at half of the time that systemd allows, by the process that it watches', () => {
    expect(watchdogInterval({ env: { WATCHDOG_USEC: '30000000' }, platform: 'linux' }, 7)).toBe(15_000);
    expect(watchdogInterval({ env: { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, platform: 'linux' }, 7)).toBe(
      15_000,
    );
    expect(
      watchdogInterval({ env: { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, platform: 'linux' }, 7),
    ).toBeUndefined();
    expect(watchdogInterval({ env: {}, platform: 'linux' }, 7)).toBeUndefined();
  });

  it('proves the store by a row that is there afterwards', async () => {
    const store = await openSqlite(':memory:');
    await writeHeartbeat(store, 5);
    await writeHeartbeat(store, 6);
    const rows = await store.db.selectFrom('meta').selectAll().where('name', '=', 'heartbeat').execute();
    expect(rows).toEqual([{ name: 'heartbeat', value: '6' }]);
    await store.close();
    await expect(writeHeartbeat(store, 7)).rejects.toThrow();
  });
});

describe('stopping', () => {
  it('goes from the last started to the first, past what fails and what hangs', async () => {
    const stopped: string[] = [];
    const told: unknown[] = [];
    const tell = (message: string, fields?: object) => void told.push({ message, ...fields });
    const stack = createStack({ ...log, warn: tell, error: tell }, fakeClock());
    stack.push('store', () => void stopped.push('store'));
    stack.push('broken', () => Promise.reject(new Error('no')));
    stack.push('endless', () => new Promise(() => {}));
    stack.push('servers', async () => void stopped.push('servers'));
    await stack.unwind(10);
    expect(stopped).toEqual(['servers', 'store']);
    expect(told).toMatchObject([
      { message: 'cut off', part: 'endless' },
      { message: 'could not be stopped in order', part: 'broken' },
    ]);
    await stack.unwind(10);
    expect(stopped).toHaveLength(2);
  });
});

describe('a hook', () => {
  const script = (text: string) => {
    const file = join(folder(), 'hook.sh');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const call = (text: string, timeout = 5_000, words: string[] = []) =>
    runHook(
      { it: { command: [script(text), ...words], timeout } },
      'it',
      { CLOUDCTL_SERVER: 'web $(x)' },
      { env: { PATH: process.env.PATH, HCLOUD_TOKEN: 'secret' } },
    );

  it('gets its words and variables as they are, and no secret of the daemon', async () => {
    await expect(
      call('test "$1" = "a \\$b" && test "$CLOUDCTL_SERVER" = "web \\$(x)" && test -z "$HCLOUD_TOKEN"', 5_000, [
        'a $b',
      ]),
    ).resolves.toBeUndefined();
  });

  it('that fails is refused with the last thing it said', async () => {
    await expect(call('echo first >&2; echo "disk gone" >&2; exit 3')).rejects.toMatchObject({
      code: 'refused',
      message: 'hook it ended with status 3',
      hint: 'It said: disk gone',
    });
  });

  it('that takes too long is ended', async () => {
    await expect(call('exec sleep 60', 50)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('that is not there, or not known, is told', async () => {
    const hooks = { freeze: { command: ['/nope/x'], timeout: 1_000 } };
    await expect(runHook(hooks, 'freeze', {}, { env: {} })).rejects.toMatchObject({
      code: 'refused',
      message: 'hook freeze: the program cannot be run (ENOENT)',
    });
    await expect(runHook(hooks, 'freez', {}, { env: {} })).rejects.toMatchObject({
      code: 'usage',
      hint: 'Did you mean freeze?',
    });
    await expect(runHook(hooks, 'constructor', {}, { env: {} })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('the key of the store', () => {
  it('is made once, for the owner only, and stays', () => {
    const place = folder();
    const key = openKey(place, {});
    expect(key).toHaveLength(32);
    expect(openKey(place, {})).toEqual(key);
    expect(statSync(join(place, 'store.key')).mode & 0o777).toBe(0o600);
  });

  it('is the credential where systemd passes one, and a damaged one is refused, not replaced', () => {
    const place = folder();
    const key = Buffer.alloc(32, 7);
    writeFileSync(join(place, 'store-key'), `${key.toString('base64')}\n`);
    expect(openKey(folder(), { CREDENTIALS_DIRECTORY: place })).toEqual(key);
    writeFileSync(join(place, 'store.key'), 'ab', { mode: 0o600 });
    expect(() => openKey(place, {})).toThrow('is not a key');
    expect(readFileSync(join(place, 'store.key'), 'utf8')).toBe('ab');
  });
});

describe('a reload', () => {
  const values = { 'log-level': 'info', socket: '/a', 'max-concurrent-images': 2 };
  const first = { file: '/f', values, hooks: {}, isSystem: false, warnings: [] } as never;

  it('takes over what can change, and names what takes a restart until it is as it was', () => {
    const live = createLive(first);
    const next = {
      ...(first as object),
      values: { ...values, socket: '/b', 'max-concurrent-images': 4 },
      hooks: { a: { command: ['/x'], timeout: 1 } },
    } as never;
    expect(live.replace(next)).toEqual({ applied: ['max-concurrent-images', 'hooks'], waiting: ['socket'] });
    expect(live.current().values).toMatchObject({ socket: '/a', 'max-concurrent-images': 4 });
    expect(live.waiting()).toEqual(['socket']);
    expect(live.replace(first)).toEqual({ applied: ['max-concurrent-images', 'hooks'], waiting: [] });
  });
});

describe('the units', () => {
  const analyze = which('systemd-analyze');

  it.runIf(analyze)('leave a stranger little: exposure of 1.5 at most', () => {
    const out = execFileSync(analyze!, ['security', '--offline=yes', '--threshold=15', 'packaging/cloudctld.service'], {
      encoding: 'utf8',
    });
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(out)![1])).toBeLessThanOrEqual(1.5);
  });

  it('have the environment of a daemon that `daemon start` starts', () => {
    for (const name of ['cloudctld.service', 'cloudctld.user.service']) {
      const unit = readFileSync(`packaging/${name}`, 'utf8');
      for (const [key, value] of Object.entries(daemonEnvironment({ env: {} }))) {
        expect(unit).toContain(`\nEnvironment=${key}=${value}\n`);
      }
    }
  });

  it.runIf(analyze)('are understood by systemd', () => {
    for (const name of ['cloudctld.service', 'cloudctld.user.service']) {
      const file = join(folder(), 'cloudctld.service');
      writeFileSync(
        file,
        readFileSync(`packaging/${name}`, 'utf8')
          .replace('/usr/bin/cloudctld', '/bin/true')
          .replace(/^Documentation=.*\n/m, ''),
      );
      const { stdout, stderr } = spawnSync(analyze!, ['verify', '--man=no', file], { encoding: 'utf8' });
      expect(stdout + stderr).toBe('');
    }
  });
});
