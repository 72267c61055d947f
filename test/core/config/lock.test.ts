import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../src/core/config/lock.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { failureOf, temporaryFolder } from './home.ts';

const start = Date.parse('2026-11-23T08:00:00Z');
const signal = new AbortController().signal;

function setUp(holder?: string) {
  const lock = path.join(temporaryFolder(), 'config.toml.lock');
  if (holder !== undefined) fs.writeFileSync(lock, holder);
  return { lock, world: { clock: fakeClock(start), signal } };
}

function heldBy(pid: number, host = os.hostname(), since = start): string {
  return JSON.stringify({ pid, host, since });
}

function deadPid(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

describe('the lock', () => {
  it('is held while the work goes on and gone afterwards, also when the work fails', async () => {
    const { lock, world } = setUp();
    expect(await withLock(lock, world, () => JSON.parse(fs.readFileSync(lock, 'utf8')))).toMatchObject({
      pid: process.pid,
    });
    expect(fs.existsSync(lock)).toBe(false);
    const failing = withLock(lock, world, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(fs.existsSync(lock)).toBe(false);
  });

  it('is waited for and then taken', async () => {
    const { lock, world } = setUp(heldBy(process.pid));
    const slept = world.clock.slept;
    const clock = {
      ...world.clock,
      sleep: async (ms: number) => {
        await world.clock.sleep(ms);
        if (slept.length === 3) fs.rmSync(lock);
      },
    };
    expect(await withLock(lock, { clock, signal }, () => 'done')).toBe('done');
    expect(slept).toHaveLength(3);
  });

  it('of a living process is never broken: after 5 s the failure names the process and the file', async () => {
    const { lock, world } = setUp(heldBy(process.pid));
    const failure = await failureOf(() => withLock(lock, world, () => 'done'));
    expect(failure).toMatchObject({ code: 'busy', exit: 75 });
    expect(failure.message).toContain(`process ${process.pid} on ${os.hostname()}`);
    expect(failure.hint).toContain(lock);
    expect(world.clock.now() - start).toBe(5_000);
    expect(fs.readFileSync(lock, 'utf8')).toBe(heldBy(process.pid));
  });

  it('of another host is left alone, since its processes cannot be seen', async () => {
    const { lock, world } = setUp(heldBy(deadPid(), 'elsewhere'));
    expect(await failureOf(() => withLock(lock, world, () => 'done'))).toMatchObject({ code: 'busy' });
  });

  it.each([
    ['whose process has ended', () => heldBy(deadPid())],
    ['that is over a minute old', () => heldBy(process.pid, os.hostname(), start - 60_001)],
    ['that is over a minute old and from another host', () => heldBy(1, 'elsewhere', start - 60_001)],
  ])('%s is taken over', async (_, holder) => {
    const { lock, world } = setUp(holder());
    expect(await withLock(lock, world, () => 'done')).toBe('done');
    expect(world.clock.slept).toEqual([]);
    expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
  });

  it('that was never written to the end is left alone for two seconds, as its writer may be just at it', async () => {
    const young = setUp('');
    fs.utimesSync(young.lock, start / 1000, start / 1000);
    expect(await withLock(young.lock, young.world, () => 'done')).toBe('done');
    const waited = young.world.clock.slept.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(2_000);
    expect(waited).toBeLessThan(2_100);
    const old = setUp('{"pi');
    fs.utimesSync(old.lock, start / 1000 - 3, start / 1000 - 3);
    expect(await withLock(old.lock, old.world, () => 'done')).toBe('done');
    expect(old.world.clock.slept).toEqual([]);
  });

  it('is cleared after a process that was killed while it was clearing', async () => {
    const { lock, world } = setUp(heldBy(deadPid()));
    fs.writeFileSync(`${lock}.clearing`, '');
    fs.utimesSync(`${lock}.clearing`, start / 1000 - 3, start / 1000 - 3);
    expect(await withLock(lock, world, () => 'done')).toBe('done');
    expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
  });

  it('is not cleared while another process is clearing it', async () => {
    const { lock, world } = setUp(heldBy(deadPid()));
    fs.writeFileSync(`${lock}.clearing`, '');
    expect(await failureOf(() => withLock(lock, world, () => 'done'))).toMatchObject({ code: 'busy' });
    expect(fs.existsSync(lock)).toBe(true);
  });

  it('that cannot be made says why', async () => {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'file'), '');
    const lock = path.join(folder, 'file', 'config.toml.lock');
    const failure = await failureOf(() => withLock(lock, { clock: fakeClock(start), signal }, () => 'done'));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining('not a folder') });
  });

  it('ends the waiting with Ctrl-C', async () => {
    const { lock, world } = setUp(heldBy(process.pid));
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(withLock(lock, { ...world, signal: stopped }, () => 'done')).rejects.toThrow('stopped');
  });
});
