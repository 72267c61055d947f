import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HETZNER_ENDPOINT } from '../../../src/core/config/endpoint.ts';
import { resolveSettings } from '../../../src/core/config/resolve.ts';
import { failureOf, home, temporaryFolder } from './home.ts';

const file = `active_context = "prod"
[preferences]
poll_interval = "4s"
debug = true
sort = { server = ["id"], floating_ip = ["name"] }
[[contexts]]
name = "prod"
[contexts.preferences]
poll_interval = "3s"
sort = { server = ["name:asc"] }
[[contexts]]
name = "staging"
`;

describe('settings', () => {
  it('have defaults where nothing is given, not even a home', async () => {
    const settings = await resolveSettings({ env: {}, platform: 'linux' }, {});
    expect(settings).toMatchObject({
      endpoint: HETZNER_ENDPOINT,
      httpTimeout: 30_000,
      concurrency: 10,
      defaultSshKeys: [],
      debug: false,
      quiet: false,
      noInput: false,
      yes: false,
      sort: {},
      columns: {},
      document: {},
    });
    for (const name of ['configPath', 'contextName', 'pollInterval', 'timeout', 'debugFile'] as const) {
      expect(settings[name]).toBeUndefined();
    }
    expect(new Set(Object.values(settings.origins))).toEqual(new Set(['default']));
  });

  it('come from flag, then CLOUDCTL_, then HCLOUD_, then context, then file, then default', async () => {
    const layers: [Record<string, unknown>, Record<string, string>, string, number, string][] = [
      [{ 'poll-interval': 1 }, { CLOUDCTL_POLL_INTERVAL: '2ms', HCLOUD_POLL_INTERVAL: '3ms' }, file, 1, 'flag'],
      [{}, { CLOUDCTL_POLL_INTERVAL: '2ms', HCLOUD_POLL_INTERVAL: '3ms' }, file, 2, 'env CLOUDCTL_POLL_INTERVAL'],
      [{}, { CLOUDCTL_POLL_INTERVAL: '', HCLOUD_POLL_INTERVAL: '3ms' }, file, 3, 'env HCLOUD_POLL_INTERVAL'],
      [{}, {}, file, 3_000, 'context'],
      [{ context: 'staging' }, {}, file, 4_000, 'file'],
    ];
    for (const [flags, env, config, value, origin] of layers) {
      const settings = await resolveSettings(home({ config, env }), flags);
      expect([settings.pollInterval, settings.origins['poll-interval']]).toEqual([value, origin]);
    }
  });

  it('of a family come from the nearest layer for each resource', async () => {
    const env = {
      HCLOUD_SORT_FLOATING_IP: 'id:desc',
      CLOUDCTL_COLUMNS_SSH_KEY: 'id,name',
      HCLOUD_COLUMNS_SERVER: 'id',
    };
    const settings = await resolveSettings(home({ config: file, env }), {});
    expect(settings.sort).toEqual({ server: ['name:asc'], 'floating-ip': ['id:desc'] });
    expect(settings.columns).toEqual({ 'ssh-key': ['id', 'name'] });
    expect(settings.origins).toMatchObject({
      'sort.server': 'context',
      'sort.floating-ip': 'env HCLOUD_SORT_FLOATING_IP',
      'columns.ssh-key': 'env CLOUDCTL_COLUMNS_SSH_KEY',
    });
  });

  it('understand flags as typed, as parsed, by name, in camel case and negated as commander does', async () => {
    const world = home();
    for (const flags of [
      { 'http-timeout': '5s' },
      { httpTimeout: '5s' },
      { httpTimeout: ['1s', '5s'] },
      { httpTimeout: 5_000 },
    ]) {
      expect((await resolveSettings(world, flags)).httpTimeout).toBe(5_000);
    }
    for (const flags of [{ input: false }, { noInput: true }, { 'no-input': true }]) {
      expect((await resolveSettings(world, flags)).noInput).toBe(true);
    }
    expect((await resolveSettings(world, { input: true })).noInput).toBe(false);
    expect((await resolveSettings(home({ env: { CLOUDCTL_QUIET: '1' } }), { quiet: false })).quiet).toBe(false);
  });

  it('take the context of the flag, of the environment, or the active one', async () => {
    const nameOf = async (flags: object, env: Record<string, string>) => {
      const { contextName, origins } = await resolveSettings(home({ config: file, env }), { ...flags });
      return [contextName, origins.context];
    };
    expect(await nameOf({ context: 'staging' }, { CLOUDCTL_CONTEXT: 'x' })).toEqual(['staging', 'flag']);
    expect(await nameOf({}, { HCLOUD_CONTEXT: 'x' })).toEqual(['x', 'env HCLOUD_CONTEXT']);
    expect(await nameOf({}, {})).toEqual(['prod', 'file']);
    const unknown = await resolveSettings(home({ config: file }), { context: 'x' });
    expect(unknown.context).toBeUndefined();
    expect(unknown.pollInterval).toBe(4_000);
  });

  it('without a context leave out its preferences and its name', async () => {
    const settings = await resolveSettings(home({ config: file }), {}, { ignoreContext: true });
    expect(settings).toMatchObject({ contextName: undefined, pollInterval: 4_000 });
  });

  it('are read from the file of the flag or of the environment', async () => {
    const other = path.join(temporaryFolder(), 'other.toml');
    fs.writeFileSync(other, '[preferences]\nconcurrency = 3\n');
    const byFlag = await resolveSettings(home({ config: file }), { config: other });
    expect(byFlag).toMatchObject({ concurrency: 3, configPath: other });
    expect(await resolveSettings({ env: { CLOUDCTL_CONFIG: other }, platform: 'linux' }, {})).toMatchObject({
      concurrency: 3,
    });
  });

  it("never take hcloud's file for their own", async () => {
    const world = home({ env: { HCLOUD_CONFIG: '/nowhere/cli.toml' } });
    expect((await resolveSettings(world, {})).configPath).toBe(world.config);
  });

  it('know no bound for an http-timeout of 0 but what a timer can hold', async () => {
    expect((await resolveSettings(home(), { 'http-timeout': '0' })).httpTimeout).toBe(2 ** 31 - 1);
  });

  it('never hold the token, but say where it is from', async () => {
    const settings = await resolveSettings(home({ env: { HCLOUD_TOKEN: 'geheim' } }), {});
    expect(JSON.stringify(settings)).not.toContain('geheim');
    expect(settings.origins.token).toBe('env HCLOUD_TOKEN');
  });

  it('that are wrong name the flag, the variable, or file, line and key', async () => {
    const messageOf = async (flags: object, env: Record<string, string>, config = '') => {
      const world = home({ env, config });
      const failure = await failureOf(() => resolveSettings(world, { ...flags }));
      expect(failure.code).toBe('usage');
      return failure.message.replace(world.config, 'FILE');
    };
    expect(await messageOf({ timeout: 'soon' }, {})).toBe("--timeout: 'soon' is not a duration");
    expect(await messageOf({ concurrency: 0 }, {})).toBe("--concurrency: '0' is less than 1");
    expect(await messageOf({ context: '' }, {})).toBe('--context: is empty');
    expect(await messageOf({}, { HCLOUD_DEBUG: 'maybe' })).toBe("HCLOUD_DEBUG: 'maybe' is neither true nor false");
    expect(await messageOf({}, {}, '[preferences]\nsort.server = 1')).toBe(
      'FILE:2: preferences.sort.server: is not a list',
    );
    const inContext = '[[contexts]]\nname = "a"\n[contexts.preferences]\npoll_interval = "x"';
    expect(await messageOf({ context: 'a' }, {}, inContext)).toBe(
      "FILE:4: contexts.preferences.poll_interval: 'x' is not a duration",
    );
  });
});
