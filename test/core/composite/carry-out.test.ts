import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal } from '../../../src/core/composite/journal.ts';
import { setStock } from '../../../src/sandbox/index.ts';
import { type Bench, openBench, resizeGoal, snapshotGoal } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const posts = () => bench.sandbox.requests.filter(({ method }) => method === 'POST').map(({ path }) => lastPart(path));
const lastPart = (path: string) => path.split('/').at(-1);

describe('a snapshot with the server off', () => {
  it('shuts down, makes it, starts again, and tells each step', async () => {
    const done = await bench.run(snapshotGoal);
    expect(posts()).toEqual(['shutdown', 'create_image', 'poweron']);
    expect(done?.image).toMatchObject({ status: 'available', description: 'nightly' });
    expect(done?.actions.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
    expect(bench.told).toEqual(['shutting down, at most 60 s', 'making the snapshot', 'starting it again']);
  });

  it('leaves a server off that was off', async () => {
    bench.server().status = 'off';
    await bench.run(snapshotGoal);
    expect(posts()).toEqual(['create_image']);
    expect(bench.server().status).toBe('off');
  });

  it('cuts the power of a guest that is too slow, when that is wanted', async () => {
    await bench.run(snapshotGoal, { timeout: 1500 });
    expect(posts()).toEqual(['shutdown', 'poweroff', 'create_image', 'poweron']);
  });

  it('leaves a guest running that is too slow, and starts it if it goes off later all the same', async () => {
    const slow = { timeout: 1500, force: false };
    const failed = bench.run(snapshotGoal, slow);
    await expect(failed).rejects.toMatchObject({
      code: 'refused',
      message: 'server web-0001 did not shut down within 1.5 s and is left running',
    });
    expect(bench.server().status).toBe('running');
    expect(readJournal(bench.shelf, bench.server().id)?.owes).toEqual({ power: 'running' });
    await bench.clock.sleep(10_000);
    await bench.run(snapshotGoal, { ...slow, timeout: 60_000 });
    expect(bench.server().status).toBe('running');
    expect(bench.snapshots()).toHaveLength(1);
    expect(bench.journals()).toEqual([]);
  });

  it('starts the server again when no snapshot can be made, and says why', async () => {
    await bench.close();
    bench = await openBench({ limits: { snapshots: 0 } });
    await expect(bench.run(snapshotGoal)).rejects.toMatchObject({
      code: 'refused',
      apiCode: 'resource_limit_exceeded',
    });
    expect(bench.server().status).toBe('running');
    expect(bench.journals()).toEqual([]);
  });

  it('starts the server again when the snapshot fails while it is made', async () => {
    bench.sandbox.fault({ method: 'POST', path: '/servers/*/actions/create_image', kind: 'fail' });
    await expect(bench.run(snapshotGoal)).rejects.toMatchObject({ code: 'refused' });
    expect(bench.server().status).toBe('running');
    expect(bench.journals()).toEqual([]);
  });

  it('is not made again when a broken one of an earlier run is found', async () => {
    await bench.run(snapshotGoal);
    const at = bench.sandbox.requests.findIndex(({ path }) => path.endsWith('create_image'));
    bench.sandbox.reset();
    await bench.run(snapshotGoal, { kill: { at, when: 'after' } });
    for (const one of bench.sandbox.state.images.values()) if (one.type === 'snapshot') one.status = 'unavailable';
    bench.sandbox.state.locks.clear();
    bench.sandbox.state.pending.splice(0);
    await expect(bench.run(snapshotGoal)).rejects.toMatchObject({
      message: expect.stringContaining('could not be made'),
    });
    expect(bench.server().status).toBe('running');
  });

  it('keeps the journal and names the way on when the server cannot be started', async () => {
    bench.sandbox.fault({ method: 'POST', path: '/servers/*/actions/poweron', kind: 'fail' });
    await expect(bench.run(snapshotGoal)).rejects.toMatchObject({
      message: expect.stringMatching(/^server web-0001 is still owed a snapshot and its start: start_server failed/),
      hint: 'cloudctl server resume web-0001',
    });
    expect(bench.journals()).toHaveLength(1);
    await bench.run(snapshotGoal);
    expect(bench.server().status).toBe('running');
    expect(bench.snapshots()).toHaveLength(1);
  });

  it('leaves the server alone when it cannot be asked to shut down', async () => {
    bench.sandbox.fault({ method: 'POST', path: '/servers/*/actions/shutdown', kind: 'fail' });
    await expect(bench.run(snapshotGoal)).rejects.toMatchObject({ code: 'refused' });
    expect(bench.server().status).toBe('running');
    expect(posts()).toEqual(['shutdown']);
    expect(bench.journals()).toEqual([]);
  });

  it('forgets a server that is gone', async () => {
    await bench.run(snapshotGoal, { kill: { at: 4, when: 'after' } });
    expect(bench.journals()).toHaveLength(1);
    const [id] = bench.sandbox.state.servers.keys();
    const row = bench.sandbox.state.servers.get(id!)!;
    let reads = 0;
    const { http } = deletingAfter(() => {
      reads += 1;
      if (reads === 2) bench.sandbox.state.servers.delete(row.id);
    });
    await expect(bench.run(snapshotGoal, { http })).rejects.toMatchObject({ code: 'not_found' });
    expect(bench.journals()).toEqual([]);
  });
});

describe('a resize', () => {
  it('starts the server again when the type is out of stock, and says so', async () => {
    for (const { name } of bench.sandbox.state.locations.values()) setStock(bench.sandbox.state, 'cx43', name, false);
    await expect(bench.run(resizeGoal)).rejects.toMatchObject({ apiCode: 'resource_unavailable' });
    expect(bench.server()).toMatchObject({ status: 'running', server_type: { name: 'cx33' } });
    expect(bench.journals()).toEqual([]);
  });

  it('leaves off what was off, although the change of type starts it', async () => {
    bench.server().status = 'off';
    await bench.run(resizeGoal);
    expect(bench.server()).toMatchObject({ status: 'off', server_type: { name: 'cx43' } });
    expect(posts()).toEqual(['change_type', 'shutdown']);
  });

  it('leaves the server off when that is wanted', async () => {
    await bench.run(resizeGoal, { leaveOff: true });
    expect(bench.server()).toMatchObject({ status: 'off', server_type: { name: 'cx43' } });
  });

  it('waits for what runs on the server already', async () => {
    const api = bench.api();
    await api.send('POST', `servers/${bench.server().id}/actions/reboot`);
    await bench.run(resizeGoal);
    expect(bench.server().server_type.name).toBe('cx43');
  });
});

/** Calls something before each request for the server. */
function deletingAfter(work: () => void) {
  return { http: (path: string) => void (path.includes('/servers/') && work()) };
}
