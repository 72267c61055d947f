import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { unitText } from '../../src/commands/daemon/install.ts';
import { findUnit, isOurs, ownMark, systemctl, unitOf } from '../../src/commands/daemon/unit.ts';
import { isAlive } from '../../src/core/alive.ts';
import { realClock } from '../../src/core/real-world.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { daemonHome, type Home } from '../daemon/process/daemon-process.ts';
import { program, startBinary, untilEnd } from '../e2e/binary.ts';
import { run } from '../helpers/run.ts';

const homes: Home[] = [];
const cloudctl = (place: Home, line: string, env: Record<string, string> = {}) =>
  run(undefined, `daemon ${line} --config ${place.config}`, { env: { HOME: place.folder, ...env }, clock: realClock });

function home(lines = ''): Home {
  const made = daemonHome(lines);
  homes.push(made);
  return made;
}

afterEach(() => {
  for (const { state } of homes.splice(0)) {
    const file = join(state, 'cloudctld.json');
    if (existsSync(file)) process.kill(JSON.parse(readFileSync(file, 'utf8')).pid, 'SIGKILL');
  }
});

describe('the daemon in the background', () => {
  it('starts, tells how it is, takes a new configuration, shows its log, and stops', async () => {
    const place = home();
    const started = await cloudctl(place, 'start -o json');
    expect({ status: started.status, err: started.err }).toEqual({ status: 0, err: '' });
    const { pid } = JSON.parse(started.out);
    expect(await cloudctl(place, 'start')).toMatchObject({
      status: 75,
      err: `cloudctl: the daemon runs already: process ${pid}\nTry: cloudctl daemon status\n`,
    });

    const status = await cloudctl(place, 'status -o json');
    expect(JSON.parse(status.out)).toMatchObject({
      ready: true,
      pid,
      run_by: 'itself',
      hetzner: { state: 'missing' },
      frozen: null,
    });
    expect((await cloudctl(place, 'status')).out).toMatch(/^Ready: +yes\n/);

    place.configure('snapshot-limit = 9\nlisten = "127.0.0.1:0"');
    expect(await cloudctl(place, 'reload')).toMatchObject({
      status: 0,
      err: 'The daemon has read its configuration.\nNote: these take a restart: listen\n',
    });
    place.configure('snapshot-limit = 0');
    const bad = await cloudctl(place, 'reload');
    expect(bad).toMatchObject({ status: 2 });
    expect(bad.err).toContain(`${place.config}:4: snapshot-limit: 0 is less than 1`);
    expect((await cloudctl(place, 'status')).err).toContain('the configuration file is bad');

    const { out } = await cloudctl(place, 'logs -n 1000');
    expect(
      out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).msg),
    ).toEqual(expect.arrayContaining(['ready', 'reloaded', 'the new configuration is bad; the old one stays']));
    expect((await cloudctl(place, 'logs -n 1')).out.trim().split('\n')).toHaveLength(1);

    // A file that is bad by now does not keep it from being stopped.
    expect(await cloudctl(place, 'stop')).toMatchObject({ status: 0, err: 'The daemon has stopped.\n' });
    expect(isAlive(pid)).toBe(false);
    for (const verb of ['stop', 'status', 'reload']) {
      expect(await cloudctl(place, verb)).toMatchObject({
        status: 5,
        err: 'cloudctl: the daemon is not running\nTry: cloudctl daemon start\n',
      });
    }
  });

  it('that cannot start says why, at once', async () => {
    const place = home('log-level = "loud"');
    const { status, err } = await cloudctl(place, 'start');
    expect(status).toBe(2);
    expect(err.replaceAll(place.folder, '~')).toBe(
      "cloudctl: the daemon did not start\n  ~/cloudctld.toml:4: log-level: 'loud' is not one of debug, info, warn, error\nAll of it: ~/state/cloudctld.log\n",
    );
  });

  it('that was killed is not running, whatever it has left', async () => {
    const place = home();
    const { pid } = JSON.parse((await cloudctl(place, 'start -o json')).out);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect((await cloudctl(place, 'status')).status).toBe(5);
    rmSync(join(place.state, 'cloudctld.json'));
    expect((await cloudctl(place, 'start')).status).toBe(0);
  });

  it('in the foreground ends with the command line', async () => {
    const place = home();
    const child = startBinary(undefined, ['daemon', 'run', '--config', place.config], { env: { HOME: place.folder } });
    const ended = untilEnd(child);
    await new Promise<void>(resolve =>
      child.stderr!.on('data', text => String(text).includes('"msg":"ready"') && resolve()),
    );
    const { pid } = JSON.parse(readFileSync(join(place.state, 'cloudctld.json'), 'utf8'));
    child.kill('SIGINT');
    expect((await ended).status).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('daemon check', () => {
  it('says what would happen, and changes nothing', async () => {
    const place = home('[hooks.freeze]\ncommand = ["/nope/freeze"]');
    const { status, out } = await cloudctl(place, 'check -o json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      file: place.config,
      state_directory: place.state,
      state_directory_writable: true,
      socket: place.socket,
      store: join(place.state, 'cloudctl.db'),
      hetzner: { token_from: null, state: 'missing' },
      hooks: ['freeze'],
      warnings: ['hooks.freeze: /nope/freeze cannot be run by this user'],
    });
    expect(existsSync(place.state)).toBe(false);
  });

  it('online tells what the token may do, and what does not answer is a fault', async () => {
    const sandbox = await startSandbox();
    const place = home();
    const env = { CLOUDCTLD_HETZNER_ENDPOINT: sandbox.url };
    const ask = (token: string) => cloudctl(place, 'check --online -o json', { ...env, HCLOUD_TOKEN: token });
    expect(JSON.parse((await ask(sandbox.token)).out).hetzner).toMatchObject({
      state: 'ok',
      token_from: 'HCLOUD_TOKEN',
    });
    expect(JSON.parse((await ask(sandbox.readOnlyToken)).out).hetzner).toMatchObject({ state: 'read-only' });
    const wrong = await ask('z'.repeat(64));
    expect(wrong.status).toBe(2);
    expect(JSON.parse(wrong.err).error.message).toMatch(/^online: Hetzner: /);
    await sandbox.stop();
    expect((await ask(sandbox.token)).status).toBe(2);
    const redis = await cloudctl(place, 'check --online', {
      CLOUDCTLD_REDIS: 'redis://:geheim1@127.0.0.1:1',
      CLOUDCTLD_STORE: 'mysql://root:geheim2@127.0.0.1:1/x',
    });
    expect(redis.status).toBe(2);
    expect(redis.err).toMatch(/online: store: .*ECONNREFUSED/);
    expect(redis.err).toMatch(/online: redis: .*ECONNREFUSED/);
    expect(redis.out + redis.err).not.toMatch(/geheim/);
  });

  it('online tells what is wrong with the key of WorkOS, without showing it', async () => {
    const { workos, stop } = await startSandbox();
    const place = home();
    const keyFile = join(place.folder, 'workos-key');
    const ask = async (key: string, organization = 'org_sandbox') => {
      writeFileSync(keyFile, key, { mode: 0o600 });
      return cloudctl(place, 'check --online', {
        CLOUDCTLD_WORKOS_CLIENT_ID: workos.clientId,
        CLOUDCTLD_WORKOS_ENDPOINT: workos.url,
        CLOUDCTLD_WORKOS_ORGANIZATIONS: organization,
        CLOUDCTLD_WORKOS_API_KEY_FILE: keyFile,
      });
    };
    expect((await ask(workos.apiKey)).err).not.toContain('WorkOS:');
    const wrong = await ask('sk_live_that_is_wrong');
    expect(wrong.err).toContain('online: WorkOS: WorkOS does not accept the API key');
    expect(wrong.err + wrong.out).not.toContain('that_is_wrong');
    expect((await ask(workos.apiKey, 'org_other')).err).toContain('WorkOS has no organization org_other');
    const alone = await cloudctl(place, 'check', { CLOUDCTLD_WORKOS_API_KEY_FILE: keyFile });
    expect(alone.err).toContain('workos-api-key-file is given without workos-client-id');
    await stop();
  });
});

describe('copies of the store', () => {
  it('are made while it runs and are put back while it does not', async () => {
    const place = home();
    const copy = join(place.folder, 'copy.db');
    expect((await cloudctl(place, 'start')).status).toBe(0);
    expect(await cloudctl(place, `backup ${copy}`)).toMatchObject({ status: 0, out: `${copy}: written and checked\n` });
    expect((await cloudctl(place, `backup ${copy}`)).status).toBe(2);
    expect((await cloudctl(place, `restore ${copy}`)).status).toBe(75);
    expect((await cloudctl(place, 'stop')).status).toBe(0);
    const restored = await cloudctl(place, `restore ${copy} -o json`);
    expect(restored.status).toBe(0);
    expect(existsSync(JSON.parse(restored.out).kept)).toBe(true);
    expect((await cloudctl(place, 'start')).status).toBe(0);
  });

  it('are put back on a host that has had no daemon yet, and over a store that is damaged', async () => {
    const [first, other] = [home(), home()];
    const copy = join(first.folder, 'copy.db');
    expect((await cloudctl(first, 'start')).status).toBe(0);
    expect((await cloudctl(first, `backup ${copy}`)).status).toBe(0);
    expect(JSON.parse((await cloudctl(other, `restore ${copy} -o json`)).out)).toMatchObject({ kept: null });
    writeFileSync(join(other.state, 'cloudctl.db'), 'rubble');
    const { kept } = JSON.parse((await cloudctl(other, `restore ${copy} -o json`)).out);
    expect(readFileSync(kept, 'utf8')).toBe('rubble');
    copyFileSync(join(first.state, 'store.key'), join(other.state, 'store.key'));
    expect((await cloudctl(other, 'start')).status).toBe(0);
    const { frozen } = JSON.parse((await cloudctl(other, 'status -o json')).out);
    expect(frozen).toMatchObject({ by: 'cloudctl daemon restore' });
  });

  it('go with their key, or without it when that is said', async () => {
    const [first, other] = [home(), home()];
    const copy = join(first.folder, 'copy.db');
    expect((await cloudctl(first, 'start')).status).toBe(0);
    expect((await cloudctl(first, `backup ${copy}`)).status).toBe(0);
    expect((await cloudctl(other, `restore ${copy}`)).status).toBe(0);
    expect(await cloudctl(other, 'start')).toMatchObject({ status: 2, err: expect.stringContaining('--new-key') });
    expect((await cloudctl(other, `restore ${copy} --new-key`)).status).toBe(0);
    expect((await cloudctl(other, 'start')).status).toBe(0);
  });

  it('that are damaged are not put back', async () => {
    const place = home();
    mkdirSync(place.state);
    const file = join(place.folder, 'bad.db');
    writeFileSync(file, 'no database at all');
    writeFileSync(join(place.state, 'cloudctl.db'), 'what is there');
    expect((await cloudctl(place, `restore ${file}`)).status).toBe(2);
    expect((await cloudctl(place, 'restore /nope')).status).toBe(5);
    expect(readFileSync(join(place.state, 'cloudctl.db'), 'utf8')).toBe('what is there');
  });
});

describe('the unit of a user', () => {
  it('is installed with an example of the configuration, and removed without it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-unit-'));
    const env = { HOME: folder };
    const file = join(folder, '.config/systemd/user/cloudctld.service');
    const config = join(folder, '.config/cloudctl/cloudctld.toml');
    expect(await run(undefined, 'daemon install --user --dry-run', { env })).toMatchObject({
      status: 0,
      out: readUnit(),
    });
    expect(existsSync(file)).toBe(false);

    const { status, err } = await run(undefined, 'daemon install --user', { env });
    expect(status).toBe(0);
    expect(err).toMatch(/^Written: .*cloudctld\.service\nNext:\n/);
    expect(readFileSync(file, 'utf8')).toBe(readUnit());
    writeFileSync(config, '# mine\n');
    expect((await run(undefined, 'daemon install --user', { env })).status).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe('# mine\n');

    expect((await run(undefined, 'daemon uninstall --user', { env })).status).toBe(0);
    expect([existsSync(file), existsSync(config)]).toEqual([false, true]);
    expect((await run(undefined, 'daemon uninstall --user', { env })).status).toBe(5);
  });

  it('of somebody else is neither replaced nor removed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-unit-'));
    const env = { HOME: folder };
    const { file } = unitOf('user', { env });
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '[Service]\n');
    for (const verb of ['install', 'uninstall'])
      expect((await run(undefined, `daemon ${verb} --user`, { env })).status).toBe(6);
    expect([readFileSync(file, 'utf8'), isOurs(file)]).toEqual(['[Service]\n', false]);
  });

  it('is what start and stop use, where it is installed and systemd is at work', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-unit-'));
    const world = { env: { HOME: folder } };
    const find = (config: string | undefined, isBooted: boolean) =>
      findUnit(world, config, { isSystem: false, isBooted });
    expect(find(undefined, true)).toBeUndefined();
    const { file } = unitOf('user', world);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, ownMark);
    expect(find(undefined, true)).toEqual({ scope: 'user', file });
    expect(find(undefined, false)).toBeUndefined();
    expect(find('/other.toml', true)).toBeUndefined();
    // What variables say is not the daemon that the unit runs.
    const other = { env: { ...world.env, CLOUDCTLD_STATE_DIRECTORY: folder } };
    expect(findUnit(other, undefined, { isSystem: false, isBooted: true })).toBeUndefined();
  });

  it('is spoken to by systemctl, whose complaint is passed on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-unit-'));
    const log = join(folder, 'log');
    writeFileSync(
      join(folder, 'systemctl'),
      `#!/bin/sh\necho "$@" >> ${log}\n[ "$2" = start ] || { echo "Unit not found." >&2; exit 5; }\n`,
    );
    chmodSync(join(folder, 'systemctl'), 0o755);
    const world = { env: { PATH: `${folder}:${process.env.PATH}` }, signal: new AbortController().signal };
    await systemctl(world, { scope: 'user', file: '' }, 'start', 'cloudctld');
    await expect(systemctl(world, { scope: 'user', file: '' }, 'reload', 'cloudctld')).rejects.toMatchObject({
      code: 'refused',
      message: 'systemctl --user reload cloudctld: Unit not found.',
      hint: 'journalctl --user -u cloudctld -n 20',
    });
    expect(readFileSync(log, 'utf8')).toBe('--user start cloudctld\n--user reload cloudctld\n');
  });
});

function readUnit(): string {
  const daemon = join(program, '../cloudctld.js');
  const text = unitText({ programs: { cloudctl: program, sandbox: '', daemon } }, { scope: 'user', file: '' });
  expect(text).toContain(`\nExecStart="${process.execPath}" "${daemon}"\n`);
  return text;
}
