import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setStock } from '../../../src/sandbox/index.ts';
import { open } from '../snapshot/open.ts';

const seed = { servers: 4 };

describe('server resize', () => {
  it('shuts down, changes the type with the disk kept, and leaves the server running', async () => {
    const { go, changes, server, sandbox } = await open({ seed });
    const { status, out, err } = await go('server resize web-0001 cx43');
    expect([status, out]).toEqual([0, 'web-0001: has the type cx43\n']);
    expect(err).toBe('web-0001: shutting down, at most 120 s\nweb-0001: changing its type to cx43\n');
    expect(server('web-0001')).toMatchObject({ status: 'running', primary_disk_size: 80 });
    expect(changes().map(path => path.split('/').at(-1))).toEqual(['shutdown', 'change_type']);
    expect(sandbox.requests.find(({ path }) => path.endsWith('change_type'))?.body).toMatchObject({
      upgrade_disk: false,
    });
  });

  it('enlarges the disk with --upgrade-disk, and leaves the server off with --no-start', async () => {
    const { go, server } = await open({ seed });
    expect((await go('server resize web-0001 cx43 --upgrade-disk --no-start')).status).toBe(0);
    expect(server('web-0001')).toMatchObject({ status: 'off', primary_disk_size: 160 });
  });

  it('cuts the power of a slow guest and says so, or leaves it running with --no-force-off', async () => {
    const { go, server } = await open({ seed });
    const kept = await go('server resize web-0001 cx43 --shutdown-timeout 1s --no-force-off');
    expect([kept.status, server('web-0001').server_type.name]).toEqual([6, 'cx33']);
    const cut = await go('server resize web-0002 cx43 --shutdown-timeout 1s');
    expect(cut.status).toBe(0);
    expect(cut.err).toContain('web-0002: not off after 1 s, cutting its power');
  });

  it('does nothing for a server that has the type', async () => {
    const { go, changes } = await open({ seed });
    expect((await go('server resize web-0001 cx33')).out).toBe('web-0001: has the type cx33 already\n');
    expect(changes()).toEqual([]);
  });

  it('refuses what cannot be before anything is stopped', async () => {
    const { go, changes, sandbox } = await open({ seed });
    const refusals: [string, RegExp][] = [
      ['cx23', /the disk of server web-0001 \(80 GB\) does not fit type cx23 \(40 GB\)/],
      ['cax21', /has the architecture x86, and type cax21 has arm/],
      ['cx53', /cx53 is out of stock in nbg1\nAdd --force/],
    ];
    setStock(sandbox.state, 'cx53', 'nbg1', false);
    for (const [type, why] of refusals) {
      const { status, err } = await go(`server resize web-0001 ${type}`);
      expect([status, err]).toEqual([6, expect.stringMatching(why)]);
    }
    const type = [...sandbox.state.server_types.values()].find(({ name }) => name === 'cx43')!;
    type.locations = type.locations?.filter(({ name }) => name !== 'nbg1');
    expect((await go('server resize web-0001 cx43')).err).toContain('type cx43 is not offered in nbg1');
    expect((await go('server resize web-0001 cx99')).status).toBe(5);
    expect((await go('server resize cx33')).status).toBe(2);
    expect(changes()).toEqual([]);
  });

  it('tries all the same with --force, and starts the server again when that was in vain', async () => {
    const { go, server, sandbox } = await open({ seed });
    setStock(sandbox.state, 'cx43', 'nbg1', false);
    const { status, err } = await go('server resize web-0001 cx43 --force');
    expect([status, server('web-0001').status]).toEqual([6, 'running']);
    expect(err).toContain('web-0001: starting it again');
  });

  it('does several at a time, a row each', async () => {
    const { go, server } = await open({ seed });
    const { status, out } = await go("server resize 'web-*' cx43 -o json");
    expect(status).toBe(3);
    expect(JSON.parse(out)).toMatchObject([
      { target: 'web-0001', ok: true, server: { status: 'running', server_type: { name: 'cx43' } } },
      { target: 'web-0002', ok: true },
      { target: 'web-0003', ok: false, error: { code: 'refused' } },
      { target: 'web-0004', ok: true },
    ]);
    expect(server('web-0004').status).toBe('running');
    expect((await go('server resize -l index=1 cx33')).out).toMatch(/web-0001 +\d+ +done +has the type cx33/);
  });

  it('shows its steps with --dry-run', async () => {
    const { go, changes, server } = await open({ seed });
    const steps = async (line: string) => {
      const { out } = await go(`${line} --dry-run -o json`);
      return JSON.parse(out).requests.map(({ path }: { path: string }) => path.split('/').at(-1));
    };
    expect(await steps('server resize web-0001 cx43')).toEqual(['shutdown', 'change_type', 'poweron']);
    server('web-0002').status = 'off';
    expect(await steps('server resize web-0002 cx43')).toEqual(['change_type', 'shutdown']);
    expect(changes()).toEqual([]);
  });
});

describe('server resume', () => {
  it('finishes what a killed command owes, for all servers or those that are named', async () => {
    const { go, killAfter, server } = await open({ seed });
    await killAfter(8, 'server resize web-0001 cx43');
    await killAfter(8, 'server resize web-0002 cx43');
    const plan = JSON.parse((await go('server resume web-0001 --dry-run -o json')).out);
    expect(plan.requests.length).toBeGreaterThan(0);
    const { status, out, err } = await go('server resume web-0001');
    expect([status, out]).toEqual([0, 'web-0001: finished\n']);
    expect(err).toMatch(/^web-0001: owed the type cx43 and its start by 'cloudctl server resize web-0001 cx43' of/);
    expect((await go('server resume')).out).toMatch(/^TARGET.*\nweb-0002 +\d+ +done +finished\n$/);
    for (const name of ['web-0001', 'web-0002']) {
      expect(server(name)).toMatchObject({ status: 'running', server_type: { name: 'cx43' } });
    }
    expect((await go('server resume web-0001')).out).toBe('web-0001: nothing is owed to it\n');
    expect((await go('server resume web-9')).status).toBe(5);
  });

  it('forgets what is owed, to a server that is gone too', async () => {
    const { go, killAfter, server, sandbox, changes } = await open({ seed });
    await killAfter(8, 'server resize web-0001 cx43');
    await killAfter(8, 'server resize web-0002 cx43');
    const before = changes().length;
    expect((await go('server resume web-0001 --forget')).out).toContain('nothing is owed to it any more');
    sandbox.state.servers.delete(server('web-0002').id);
    expect((await go('server resume')).out).toMatch(/web-0002 +\d+ +done +is gone, and nothing is owed/);
    expect([changes().length, (await go('server resume -o id')).out]).toEqual([before, '']);
  });

  it('is what another composite on that server points to', async () => {
    const { go, killAfter } = await open({ seed });
    await killAfter(8, 'server resize web-0001 cx43');
    const { status, err } = await go('snapshot create web-0001 --shutdown');
    expect(status).toBe(6);
    expect(err).toContain("still owed the type cx43 and its start, by 'cloudctl server resize web-0001 cx43'");
    expect(err).toContain('Try: cloudctl server resume web-0001');
  });

  it('names a journal that cannot be read', async () => {
    const { go, killAfter, home } = await open({ seed });
    await killAfter(8, 'server resize web-0001 cx43');
    const folder = join(home, '.local/state/cloudctl/journal');
    const [name] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, name!), 'utf8'))).toMatchObject({ owes: { power: 'running' } });
    writeFileSync(join(folder, name!), 'nonsense');
    const { status, err } = await go('server resume');
    expect([status, err]).toEqual([6, expect.stringContaining(`${name} is not a journal`)]);
  });
});
