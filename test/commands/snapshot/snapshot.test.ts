import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passes } from '../../../src/core/resources/snapshot.ts';
import { open } from './open.ts';

// The seed's snapshots are 1, 2, 3 ... hours old and of web-0002, web-0003, web-0004, web-0001.
const seed = { servers: 4, snapshots: 4 };
const ids = (out: string) => out.trim().split('\n').filter(Boolean);

describe('snapshot list', () => {
  it('shows server, size, disk and protection, and no price that nobody asked for', async () => {
    const { go, sandbox } = await open({ seed });
    const { out } = await go('snapshot list');
    expect(out.split('\n')[0]).toBe(
      'ID          DESCRIPTION   SERVER     SIZE      DISK    AGE                    STATUS      PROTECTED',
    );
    expect(out).toContain('snapshot 1    web-0002   1.50 GB   40 GB');
    expect(sandbox.requests.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/images\?.*type=snapshot/)]);
  });

  it.each(['-o wide', '-o columns=id,cost', '--columns cost', '-o columns=id -s cost'])(
    'fetches the price once with %s',
    async flags => {
      const { go, sandbox } = await open({ seed });
      const { out } = await go(`snapshot list ${flags}`);
      if (flags.includes('cost') && !flags.includes('-s')) expect(out).toContain('0.02 EUR');
      expect(sandbox.requests.filter(({ path }) => path === '/pricing')).toHaveLength(1);
    },
  );

  it('chooses by server, also one that is gone, by age and by label', async () => {
    const { go, sandbox, server } = await open({ seed });
    sandbox.state.servers.delete(server('web-0002').id);
    expect(ids((await go('snapshot list --server web-0002 -o name')).out)).toEqual(['snapshot 1']);
    expect(ids((await go("snapshot list --server 'web-000[34]' -o name")).out)).toEqual(['snapshot 2', 'snapshot 3']);
    expect(ids((await go(`snapshot list --server ${server('web-0003').id} -o name`)).out)).toEqual(['snapshot 2']);
    expect(ids((await go('snapshot list --older-than 150m -o name')).out)).toEqual(['snapshot 3', 'snapshot 4']);
    expect(ids((await go('snapshot list --newer-than 150m -o name')).out)).toEqual(['snapshot 1', 'snapshot 2']);
    expect(ids((await go('snapshot list -l made=by-hand -o name')).out)).toEqual([]);
  });

  it('sorts sizes by their numbers', async () => {
    const { go, sandbox } = await open({ seed });
    const sizes = [9.5, 10.25, 100];
    const rows = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
    for (const [index, row] of rows.entries()) row.image_size = sizes[index] ?? null;
    const { out } = await go('snapshot list -s size:desc -o columns=size -o noheader');
    expect(out.trim().split(/ *\n/)).toEqual(['100.00 GB', '10.25 GB', '9.50 GB', '-']);
  });

  it('has every column, and nothing where the API says nothing', async () => {
    const { go, sandbox } = await open({ seed: { snapshots: 1 } });
    const [row] = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
    Object.assign(row!, { image_size: null, created_from: null });
    const columns = 'id,description,server,size,disk,created,age,status,protected,labels,architecture,os_flavor,cost';
    const { out } = await go(`snapshot list -o csv --columns ${columns}`);
    const times = '2026-11-23T07:00:00Z,2026-11-23T07:00:00Z';
    expect(out).toContain(`,snapshot 1,,,40 GB,${times},available,false,made=by-seed,x86,debian,\n`);
  });

  it('has every snapshot either older or newer than any age but its own', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (age, bound) => {
        const item = { id: 1, created: new Date(1_000_000 - age).toISOString() };
        const older = passes(item, { 'older-than': bound }, 1_000_000);
        const newer = passes(item, { 'newer-than': bound }, 1_000_000);
        expect(older !== newer || age === bound).toBe(true);
        expect(older && newer).toBe(false);
      }),
    );
    expect(passes({ id: 1, created: '2026-11-23T08:00:00Z', created_from: null }, { server: 'web-1' }, 0)).toBe(false);
  });
});

describe('a snapshot', () => {
  it('is named by its description, and several of one description by their ids', async () => {
    const { go, snapshots } = await open({ seed });
    expect((await go("snapshot describe 'snapshot 2'")).status).toBe(0);
    for (const one of snapshots().slice(2)) one.description = 'nightly';
    const { status, err } = await go('snapshot describe nightly');
    expect(status).toBe(2);
    expect(err).toContain(
      snapshots()
        .slice(2)
        .map(({ id }) => id)
        .join(', '),
    );
  });

  it('gets, keeps and loses labels', async () => {
    const { go, snapshots } = await open({ seed });
    const [one] = snapshots();
    expect((await go(`snapshot label ${one!.id} keep=yes env=prod`)).status).toBe(0);
    expect((await go(`snapshot label ${one!.id} env=test --remove made`)).status).toBe(0);
    expect(snapshots()[0]!.labels).toEqual({ keep: 'yes', env: 'test' });
    expect((await go(`snapshot add-label ${one!.id} more=1`)).status).toBe(0);
    expect((await go(`snapshot remove-label ${one!.id} more`)).status).toBe(0);
    expect((await go(`snapshot label ${one!.id}`)).status).toBe(2);
    expect((await go('snapshot label -l made=by-seed checked=yes')).status).toBe(0);
    expect(snapshots().map(({ labels }) => labels.checked)).toEqual([undefined, 'yes', 'yes', 'yes']);
  });

  it('is protected and no longer, by either verb', async () => {
    const { go, snapshots } = await open({ seed });
    const [one] = snapshots();
    const states = [];
    for (const line of [
      'protect ID',
      'protect ID --off',
      'enable-protection ID delete',
      'disable-protection ID delete',
    ]) {
      await go(`snapshot ${line.replace('ID', String(one!.id))}`);
      states.push(one!.protection.delete);
    }
    expect(states).toEqual([true, false, true, false]);
  });

  it('gets another description', async () => {
    const { go, snapshots } = await open({ seed });
    await go(`snapshot update ${snapshots()[0]!.id} --description before-upgrade`);
    expect(snapshots()[0]!.description).toBe('before-upgrade');
  });
});

describe('snapshot delete', () => {
  it('chooses by server and age, and keeps the rest', async () => {
    const { go, snapshots } = await open({ seed });
    expect((await go('snapshot delete --older-than 150m --yes')).status).toBe(0);
    expect(snapshots().map(({ description }) => description)).toEqual(['snapshot 1', 'snapshot 2']);
    expect((await go('snapshot delete --server web-0002 --yes')).status).toBe(0);
    expect(snapshots().map(({ description }) => description)).toEqual(['snapshot 2']);
  });

  it('narrows names by the filters', async () => {
    const { go, snapshots } = await open({ seed });
    await go("snapshot delete 'snapshot *' --older-than 210m --yes");
    expect(snapshots()).toHaveLength(3);
    const { status, err } = await go("snapshot delete 'snapshot 1' --older-than 30d --yes");
    expect([status, snapshots().length]).toEqual([5, 3]);
    expect(err).toContain('snapshot snapshot 1 does not match --older-than');
  });

  it('refuses protected ones and names them, and deletes the others', async () => {
    const { go, snapshots } = await open({ seed });
    snapshots()[1]!.protection.delete = true;
    const { status, out } = await go('snapshot delete --all --yes');
    expect(status).toBe(3);
    expect(out).toMatch(/snapshot 2 +\d+ +failed +snapshot snapshot 2 is protected/);
    expect(snapshots().map(({ description }) => description)).toEqual(['snapshot 2']);
    expect((await go("snapshot delete 'snapshot 2' --yes")).status).toBe(6);
  });

  it('asks first, shows with --dry-run, and never takes no target for all', async () => {
    const { go, changes } = await open({ seed });
    expect((await go('snapshot delete --older-than 0s')).status).toBe(2);
    expect((await go('snapshot delete --yes')).status).toBe(2);
    expect((await go('snapshot delete --older-than 0s --dry-run')).out.match(/would send DELETE/g)).toHaveLength(4);
    expect((await go('snapshot delete --older-than 9d --yes')).status).toBe(0);
    expect(changes()).toEqual([]);
  });
});

describe('snapshot restore', () => {
  it('creates a server like the one that the snapshot was made of', async () => {
    const { go, server } = await open({ seed });
    const { status, out, err } = await go("snapshot restore 'snapshot 1' --new-server web-9 --label role=copy");
    expect(status).toBe(0);
    expect(out).toContain('web-9');
    expect(err).toContain('not its volumes');
    const [copy, model] = [server('web-9'), server('web-0002')];
    expect(copy).toMatchObject({ server_type: { name: model.server_type.name }, labels: { role: 'copy' } });
  });

  it('takes the flags, and shows the request with --dry-run', async () => {
    const { go, changes, sandbox } = await open({ seed: { ...seed, ssh_keys: 1 } });
    const [key] = sandbox.state.ssh_keys.keys();
    const line = "snapshot restore 'snapshot 1' --new-server web-9 --type cx43 --location hel1 --ssh-key key-0001";
    const { out } = await go(`${line} --start-after-create=false --dry-run -o json`);
    expect(JSON.parse(out).requests[0].body).toMatchObject({
      name: 'web-9',
      server_type: 'cx43',
      location: 'hel1',
      ssh_keys: [key],
      start_after_create: false,
    });
    expect(changes()).toEqual([]);
  });

  it('needs --type when the server is gone', async () => {
    const { go, sandbox, server } = await open({ seed });
    sandbox.state.servers.delete(server('web-0002').id);
    const { status, err } = await go("snapshot restore 'snapshot 1' --new-server web-9");
    expect([status, err]).toEqual([2, expect.stringContaining('missing --type: web-0002')]);
    expect((await go("snapshot restore 'snapshot 1' --new-server web-9 --type cx33")).status).toBe(0);
  });

  it('refuses a disk that is too small and another architecture before anything is sent', async () => {
    const { go, changes, sandbox } = await open({ seed });
    const [one] = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
    one!.disk_size = 500;
    expect((await go("snapshot restore 'snapshot 1' --new-server web-9 --type cx23")).err).toContain(
      'needs a disk of 500 GB, and type cx23 has 40 GB',
    );
    expect((await go("snapshot restore 'snapshot 1' --rebuild web-0001 --yes")).status).toBe(6);
    expect((await go("snapshot restore 'snapshot 2' --new-server web-9 --type cax11")).err).toMatch(
      /is for \w+, and type/,
    );
    one!.status = 'creating';
    expect((await go("snapshot restore 'snapshot 1' --new-server web-9")).err).toContain('is creating');
    expect(changes()).toEqual([]);
  });

  it('writes the disk of a server anew only when that is agreed to', async () => {
    const { go, changes } = await open({ seed });
    expect((await go("snapshot restore 'snapshot 1' --rebuild web-0001")).status).toBe(2);
    expect((await go("snapshot restore 'snapshot 1' --rebuild web-0001 --type cx33 --yes")).status).toBe(2);
    expect((await go("snapshot restore 'snapshot 1'")).status).toBe(2);
    expect(changes()).toEqual([]);
    expect((await go("snapshot restore 'snapshot 1' --rebuild web-0001 --yes")).status).toBe(0);
    expect(changes()).toEqual([expect.stringMatching(/rebuild$/)]);
  });
});
