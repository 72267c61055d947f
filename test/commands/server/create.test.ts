import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setStock } from '../../../src/sandbox/index.ts';
import { run } from '../../helpers/run.ts';
import { basics, type Json, openStage, type Stage } from './create-support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ seed: { ssh_keys: 2, volumes: 3 } });
});

afterEach(() => stage.sandbox.stop());

const servers = () => [...stage.sandbox.state.servers.values()];
const bodies = () => stage.sandbox.requests.filter(({ method, path }) => method === 'POST' && path === '/servers');

describe('server create', () => {
  test('creates the server, waits until it runs, and prints what the API returned with its finished actions', async () => {
    const { json, err, failure } = await stage.create(`${basics} -o json`);
    expect(failure).toBeUndefined();
    expect(json.server).toMatchObject({ name: 'web-1', status: 'running', server_type: { name: 'cx23' } });
    expect(json.root_password).toMatch(/./);
    expect(json.actions.map((action: Json) => `${action.command} ${action.status}`)).toEqual([
      'create_server success',
      'start_server success',
    ]);
    expect(Object.keys(json)).toEqual(['server', 'root_password', 'actions']);
    expect(err).toBe('');
  });

  test('looks everything up at once, with one request a thing, before it sends the one create', async () => {
    const [network, firewall] = [
      await stage.post('/networks', {
        name: 'internal',
        ip_range: '10.0.0.0/16',
        subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
      }),
      await stage.post('/firewalls', { name: 'web' }),
    ];
    const before = stage.requests().length;
    const flags = '--ssh-key key-0001 --network internal --firewall web --volume data-0003 --label env=prod -o json';
    const { failure } = await stage.create(`${basics} ${flags}`);
    expect(failure).toBeUndefined();
    const sent = stage.requests().slice(before);
    const create = sent.indexOf('POST /servers');
    expect(
      sent
        .slice(0, create)
        .map(line => line.replace(/\?.*/, ''))
        .sort(),
    ).toEqual(['GET /firewalls', 'GET /images', 'GET /networks', 'GET /server_types', 'GET /ssh_keys', 'GET /volumes']);
    const key = [...stage.sandbox.state.ssh_keys.values()].find(({ name }) => name === 'key-0001')!;
    const volume = [...stage.sandbox.state.volumes.values()].find(({ name }) => name === 'data-0003')!;
    expect(bodies()[0]!.body).toMatchObject({
      name: 'web-1',
      server_type: 'cx23',
      location: 'fsn1',
      start_after_create: true,
      ssh_keys: [String(key.id)],
      networks: [network.network.id],
      firewalls: [{ firewall: firewall.firewall.id }],
      volumes: [volume.id],
      labels: { env: 'prod' },
    });
  });

  test('takes the image of the architecture of the type', async () => {
    await stage.create('--name arm-1 --type cax11 --image debian-13 --location fsn1 -o json');
    const image = stage.sandbox.state.images.get(servers()[0]!.image!)!;
    expect([image.name, image.architecture]).toEqual(['debian-13', 'arm']);
  });

  test('shows the root password once on standard output, and none where a key was given', async () => {
    const without = await stage.create(basics);
    expect(without.out).toMatch(/^root password: \S+$/m);
    const withKey = await stage.create('--name web-2 --type cx23 --image debian-13 --ssh-key key-0001');
    expect(withKey.out).not.toContain('root password');
    expect(withKey.err).not.toContain('root password');
  });

  test('keeps the root password out of output that a program reads column by column', async () => {
    const { out, err } = await stage.create(`${basics} -o id`);
    expect(out).toMatch(/^\d+\n$/);
    expect(err).toMatch(/web-1: root password: \S+/);
  });

  test('takes the keys of the settings where none is named', async () => {
    await stage.create(basics, { env: { HCLOUD_DEFAULT_SSH_KEYS: 'key-0001,key-0002' } });
    expect((bodies()[0]!.body as Json).ssh_keys).toHaveLength(2);
  });

  test('protects and backs up when the create has ended', async () => {
    const { json, failure } = await stage.create(
      `${basics} --enable-backup --enable-protection delete,rebuild -o json`,
    );
    expect(failure).toBeUndefined();
    expect(json.server).toMatchObject({
      protection: { delete: true, rebuild: true },
      backup_window: expect.any(String),
    });
    expect(json.actions.map((action: Json) => action.command)).toEqual([
      'create_server',
      'start_server',
      'change_protection',
      'enable_backup',
    ]);
  });

  test('prints the ids of the running actions with --no-wait', async () => {
    const { json } = await stage.create(`${basics} --no-wait -o json`);
    expect(json.actions.map((action: Json) => action.status)).toEqual(['running', 'running']);
    const { out } = await stage.create('--name web-2 --type cx23 --image debian-13 --no-wait');
    expect(out).toMatch(/^web-2: create_server is running \(action \d+\)/);
    expect(out).toMatch(/root password/i);
  });

  test('shows with --dry-run what would be sent, without user data, and only reads', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'create-')), 'init.yaml');
    writeFileSync(file, '#cloud-config\npassword: hunter2\n');
    const { json, out } = await stage.create(`${basics} --user-data ${file} --enable-backup --dry-run -o json`);
    expect(json.requests).toEqual([
      { method: 'POST', path: 'servers', body: expect.objectContaining({ name: 'web-1', user_data: '(32 bytes)' }) },
      { method: 'POST', path: 'servers/{id}/actions/enable_backup' },
    ]);
    expect(out).not.toContain('hunter2');
    expect(stage.requests().filter(line => !line.startsWith('GET'))).toEqual([]);
  });

  test('sends several files of user data, standard input among them, as one', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'create-')), 'init.sh');
    writeFileSync(file, '#!/bin/sh\n');
    await stage.create(`${basics} --user-data-from-file ${file} --user-data -`, { stdin: '#cloud-config\n' });
    expect(servers()[0]!.user_data).toMatch(/text\/x-shellscript[\s\S]*text\/cloud-config/);
  });

  test('refuses user data that is too large before anything is sent', async () => {
    const { failure } = await stage.create(`${basics} --user-data -`, { stdin: 'x'.repeat(32 * 1024 + 1) });
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining('32768') });
    expect(stage.requests()).toEqual([]);
  });

  test('has Hetzner choose nothing that the volumes fix: the server goes where they are', async () => {
    await stage.create('--name web-1 --type cx23 --image debian-13 --volume data-0002 --automount');
    const volume = [...stage.sandbox.state.volumes.values()].find(({ name }) => name === 'data-0002')!;
    expect(bodies()[0]!.body).toMatchObject({ location: volume.location.name, automount: true });
  });

  test('makes a server without public addresses, or with primary IPs that exist', async () => {
    const { primary_ip: ip } = await stage.post('/primary_ips', {
      name: 'front',
      type: 'ipv4',
      location: 'nbg1',
      auto_delete: false,
      assignee_type: 'server',
    });
    await stage.create('--name web-1 --type cx23 --image debian-13 --without-ipv6 --primary-ipv4 front');
    expect(bodies()[0]!.body).toMatchObject({
      location: 'nbg1',
      public_net: { enable_ipv4: true, enable_ipv6: false, ipv4: ip.id },
    });
    const wrong = await stage.create('--name web-2 --type cx23 --image debian-13 --primary-ipv6 front');
    expect(wrong.failure).toMatchObject({ code: 'usage', message: '--primary-ipv6: primary IP front is an ipv4' });
  });

  test('leaves the server off with --start-after-create=false', async () => {
    const { json } = await stage.create(`${basics} --start-after-create=false -o json`);
    expect(json.server.status).toBe('off');
  });

  test('says what it found when a lost answer hides a server that was made, and that its password is lost', async () => {
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'lost' });
    const { failure, err } = await stage.create(basics);
    expect(failure).toBeUndefined();
    expect(servers()).toHaveLength(1);
    expect(err).toContain('cloudctl server reset-password web-1');
  });

  test('waits out the rate limit and conflicts, and still makes one server', async () => {
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'status', status: 429 });
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'status', status: 409, code: 'conflict' });
    const { failure } = await stage.create(basics);
    expect(failure).toBeUndefined();
    expect(servers()).toHaveLength(1);
    expect(bodies()).toHaveLength(3);
  });

  test('names --ensure when the name is taken', async () => {
    await stage.create(basics);
    const { failure } = await stage.create(basics);
    expect(failure).toMatchObject({ code: 'refused', exit: 6, apiCode: 'uniqueness_error' });
    expect(failure!.message).toBe('server web-1 exists already');
    expect(failure!.hint).toContain('--ensure');
  });

  test('shows the server and its password even when what comes after fails', async () => {
    stage.sandbox.fault({ path: '/servers/*/actions/enable_backup', kind: 'status', status: 422 });
    const { failure, json } = await stage.create(`${basics} --enable-backup -o json`);
    expect(json).toMatchObject({ server: { name: 'web-1' }, root_password: expect.any(String) });
    expect(failure).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('server web-1 is there, but not complete'),
    });
    expect(failure!.hint).toContain('--ensure');
  });

  test('shows the server and its password when the time is over before it runs', async () => {
    const { failure, json } = await stage.create([...`${basics} --enable-backup -o json --timeout 1s`.split(' ')]);
    expect(json).toMatchObject({ server: { name: 'web-1' }, root_password: expect.any(String) });
    expect(failure).toMatchObject({
      code: 'timeout',
      hint: expect.stringMatching(/cloudctl action wait \d+ \d+\n.*--ensure/),
    });
  });

  test('fails when the create action fails, and says why', async () => {
    stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'fail', message: 'no host' });
    const { failure } = await stage.create(basics);
    expect(failure).toMatchObject({ code: 'refused', message: expect.stringContaining('no host') });
  });
});

test('server create is a command of the program, and its failures are exit statuses', async () => {
  const go = (line: string) => run(stage.sandbox, `server create ${line}`, { clock: stage.clock });
  expect(await go(`${basics} --ssh-key key-0001 -o name`)).toMatchObject({ status: 0, out: 'web-1\n' });
  expect(await go(basics)).toMatchObject({ status: 6, out: '' });
  expect((await go('--name a')).status).toBe(2);
  expect((await go('--name a --type cx23 --image nothing')).status).toBe(5);
});

describe('stock', () => {
  test('tries the next type and location when one is out of stock, and says each', async () => {
    for (const code of ['resource_unavailable', 'placement_error']) {
      stage.sandbox.fault({ method: 'POST', path: '/servers', kind: 'status', status: 412, code });
    }
    const { err, failure } = await stage.create('--name web-1 --type cx23,cx33 --location fsn1,nbg1 --image debian-13');
    expect(failure).toBeUndefined();
    expect(servers()[0]).toMatchObject({ server_type: { name: 'cx33' }, location: { name: 'fsn1' } });
    expect(err).toMatch(/no cx23 in fsn1 .*, trying cx23 in nbg1\n/);
    expect(err).toMatch(/no cx23 in nbg1 .*, trying cx33 in fsn1\n/);
  });

  test('tries what is known to be sold out last', async () => {
    setStock(stage.sandbox.state, 'cx23', 'fsn1', false);
    const { err } = await stage.create('--name web-1 --type cx23 --location fsn1,nbg1 --image debian-13');
    expect(servers()[0]!.location.name).toBe('nbg1');
    expect(bodies()).toHaveLength(1);
    expect(err).not.toContain('trying');
  });

  test('ends with one failure that names every try and what is in stock, and nothing on stdout', async () => {
    for (const place of ['fsn1', 'nbg1']) setStock(stage.sandbox.state, 'cx23', place, false);
    const { failure, out, err } = await stage.create(
      '--name web-1 --type cx23 --location fsn1,nbg1 --image debian-13 -o json',
    );
    expect(failure).toMatchObject({ code: 'refused', exit: 6, apiCode: 'resource_unavailable' });
    expect(failure!.message).toBe('out of stock: cx23 in fsn1, cx23 in nbg1');
    expect(failure!.hint).toContain('cx23 in hel1');
    expect([out, err]).toEqual(['', '']);
  });
});
