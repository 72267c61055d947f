import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { open } from './open.ts';

const journals = (home: string) => {
  try {
    return readdirSync(join(home, '.local/state/cloudctl/journal'));
  } catch {
    return [];
  }
};

describe('snapshot create', () => {
  it('makes a snapshot of a running server, and says that it is crash-consistent', async () => {
    const { go, snapshots } = await open({ seed: { servers: 1 } });
    const { status, out, err } = await go('snapshot create web-0001 --description a --label keep=yes');
    expect(status).toBe(0);
    expect(out).toMatch(/^ID +DESCRIPTION .*\n\d+ +a +web-0001 +\d+\.\d\d GB/);
    expect(err).toContain('Note: server web-0001 is running: the snapshot is crash-consistent');
    expect(snapshots()).toMatchObject([{ description: 'a', labels: { keep: 'yes' } }]);
  });

  it('says nothing of running servers for a program, for --quiet, and for one that is off', async () => {
    const { go, server } = await open({ seed: { servers: 1 } });
    expect((await go('snapshot create web-0001 -o json')).err).toBe('');
    expect((await go('snapshot create web-0001 --quiet')).err).toBe('');
    server('web-0001').status = 'off';
    expect((await go('snapshot create web-0001')).err).not.toContain('Note');
  });

  it('gives a program the snapshot as the API has it, with its finished actions', async () => {
    const { go } = await open({ seed: { servers: 1 } });
    const { out } = await go('snapshot create web-0001 -o json');
    expect(JSON.parse(out)).toMatchObject({
      image: { status: 'available', created_from: { name: 'web-0001' } },
      actions: [{ command: 'create_image', status: 'success' }],
    });
  });

  it('makes one of each of several servers, a row each, ids being those of the snapshots', async () => {
    const { go, snapshots } = await open({ seed: { servers: 3 } });
    const { status, out } = await go("snapshot create 'web-*' -o id");
    expect(status).toBe(0);
    expect(out.trim().split('\n').map(Number)).toEqual(snapshots().map(({ id }) => id));
    const rows = JSON.parse((await go('snapshot create --all -o json')).out);
    expect(rows).toMatchObject([{ target: 'web-0001', ok: true, image: {} }, { ok: true }, { ok: true }]);
    expect((await go('snapshot create -l index=9')).out).toContain('TARGET');
  });

  it('tries all, and ends with 3 when some failed', async () => {
    const { go, snapshots } = await open({ seed: { servers: 2 } });
    const { status, out, err } = await go('snapshot create web-0001 nowhere');
    expect([status, snapshots().length]).toEqual([3, 1]);
    expect(out).toMatch(/nowhere +\S+ +failed +server not found/);
    expect(err).toContain('create failed for 1 of 2 servers');
  });

  it('needs a server, and exactly what there is', async () => {
    const { go } = await open({ seed: { servers: 1 } });
    expect((await go('snapshot create')).status).toBe(2);
    expect((await go('snapshot create web-9')).status).toBe(5);
  });

  it('does not wait with --no-wait, and names the snapshot and the action', async () => {
    const { go } = await open({ seed: { servers: 1 } });
    expect((await go('snapshot create web-0001 --no-wait')).out).toMatch(
      /^web-0001: snapshot \d+ begun \(action \d+\)\n$/,
    );
    expect((await go('snapshot create web-0001 --no-wait --shutdown')).status).toBe(2);
  });

  it('shows what it would send with --dry-run, and changes nothing', async () => {
    const { go, changes } = await open({ seed: { servers: 1 } });
    expect((await go('snapshot create web-0001 --dry-run')).out).toMatch(
      /would send POST .*create_image \{"type":"snap/,
    );
    const { out } = await go('snapshot create web-0001 --dry-run --shutdown -o json');
    const paths = JSON.parse(out).requests.map(({ path }: { path: string }) => path.split('/').at(-1));
    expect(paths).toEqual(['shutdown', 'create_image', 'poweron']);
    expect(changes()).toEqual([]);
  });

  it('makes one snapshot although the answer is lost', async () => {
    const { go, snapshots, sandbox } = await open({ seed: { servers: 1 } });
    sandbox.fault({ method: 'POST', path: '/servers/*/actions/create_image', kind: 'lost' });
    expect((await go('snapshot create web-0001')).status).toBe(0);
    expect(snapshots()).toHaveLength(1);
  });
});

describe('snapshot create --shutdown', () => {
  it('stops, makes and starts again, several servers at a time', async () => {
    const { go, server, snapshots, home } = await open({ seed: { servers: 3 } });
    server('web-0003').status = 'off';
    const { status, out, err } = await go('snapshot create --all --shutdown');
    expect(status).toBe(0);
    expect(out).toMatch(/web-0001 +\d+ +done +snapshot \d+, \d/);
    expect(err).toContain('web-0002: starting it again\n');
    expect(['web-0001', 'web-0002', 'web-0003'].map(name => server(name).status)).toEqual([
      'running',
      'running',
      'off',
    ]);
    expect(snapshots()).toHaveLength(3);
    expect(journals(home)).toEqual([]);
  });

  it('leaves a server running that does not shut down in time, with exit 6', async () => {
    const { go, server, snapshots } = await open({ seed: { servers: 1 } });
    const { status, err } = await go('snapshot create web-0001 --shutdown --shutdown-timeout 1s');
    expect(status).toBe(6);
    expect(err).toContain('cloudctl: server web-0001 did not shut down within 1 s and is left running');
    expect([server('web-0001').status, snapshots().length]).toEqual(['running', 0]);
  });

  it('cuts the power instead with --force-off', async () => {
    const { go, changes, server } = await open({ seed: { servers: 1 } });
    expect((await go('snapshot create web-0001 --shutdown --shutdown-timeout 1s --force-off')).status).toBe(0);
    expect(changes().map(path => path.split('/').at(-1))).toEqual(['shutdown', 'poweroff', 'create_image', 'poweron']);
    expect(server('web-0001').status).toBe('running');
  });

  it('stops nothing when the journal cannot be kept', async () => {
    const { go, changes, home } = await open({ seed: { servers: 1 } });
    mkdirSync(join(home, '.local'));
    writeFileSync(join(home, '.local/state'), 'in the way');
    const { status, err } = await go('snapshot create web-0001 --shutdown');
    expect([status, changes()]).toEqual([6, []]);
    expect(err).toMatch(/the journal of server web-0001 cannot be kept: .*not a folder/);
    expect((await go('snapshot create web-0001 --shutdown', { env: { HOME: '' } })).status).toBe(6);
  });

  it('is finished by the same command after a kill, with one snapshot', async () => {
    const { go, killAfter, server, snapshots, home } = await open({ seed: { servers: 1 } });
    await killAfter(12, 'snapshot create web-0001 --shutdown');
    expect(journals(home)).toHaveLength(1);
    const { status, err } = await go('snapshot create web-0001 --shutdown');
    expect([status, server('web-0001').status, snapshots().length]).toEqual([0, 'running', 1]);
    expect(err).toContain("web-0001: going on with 'cloudctl snapshot create web-0001 --shutdown' of 2026-11-23T08");
    expect(journals(home)).toEqual([]);
  });

  it('is a new one when the last had all but ended long ago', async () => {
    const { go, killAfter, snapshots, sandbox, clock, home } = await open({ seed: { servers: 1 } });
    await go('snapshot create web-0001 --shutdown');
    const total = sandbox.requests.length;
    await killAfter(total - 1, 'snapshot create web-0001 --shutdown');
    expect([snapshots().length, journals(home).length]).toEqual([2, 1]);
    await clock.sleep(7_200_000);
    expect((await go('snapshot create web-0001 --shutdown')).status).toBe(0);
    expect(snapshots()).toHaveLength(3);
  });

  it('notes what is owed when it is stopped by Ctrl-C, and says how to go on', async () => {
    const { go, server, sandbox, snapshots } = await open({ seed: { servers: 1 } });
    const stop = new AbortController();
    const going = go('snapshot create web-0001 --shutdown', { signal: stop.signal });
    while (!sandbox.requests.some(({ path }) => path.includes('shutdown'))) await new Promise(setImmediate);
    stop.abort();
    const { status, err } = await going;
    expect(status).toBe(130);
    expect(err).toMatch(/server web-0001 is still owed a snapshot and its start/);
    expect(err).toContain('Try: cloudctl server resume web-0001');
    expect((await go('server resume')).status).toBe(0);
    expect([server('web-0001').status, snapshots().length]).toEqual(['running', 1]);
  });

  it('notes what is owed when --timeout is over, with exit 8', async () => {
    const { go, server, snapshots } = await open({ seed: { servers: 1 } });
    const { status, err } = await go('snapshot create web-0001 --shutdown --timeout 3s');
    expect(status).toBe(8);
    expect(err).toMatch(/server web-0001 is still owed a snapshot and its start/);
    expect(err).toContain('Try: cloudctl server resume web-0001');
    expect((await go('snapshot create web-0001 --shutdown')).status).toBe(0);
    expect([server('web-0001').status, snapshots().length]).toEqual(['running', 1]);
  });
});
