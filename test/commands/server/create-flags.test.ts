import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { basics, openStage, type Stage } from './create-support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ seed: { ssh_keys: 1, volumes: 1 } });
});

afterEach(() => stage.sandbox.stop());

const home = () => mkdtempSync(join(tmpdir(), 'create-'));

describe('flags of server create', () => {
  test.each([
    ['--type cx23 --image debian-13', 'missing --name'],
    ['--image debian-13', 'missing --name and --type'],
    ['', 'missing --name, --type and --image'],
    [`${basics} --datacenter fsn1-dc14`, '--datacenter is gone from the API'],
    [`${basics} --without-ipv4 --primary-ipv4 a`, '--without-ipv4 and --primary-ipv4 exclude each other'],
    [`${basics} --enable-protection delete`, 'delete and rebuild only together'],
    [`${basics} --user-data - --user-data-from-file -`, 'standard input can be read only once'],
    [`${basics} --count 0`, "'0' is less than 1"],
    ['--name a_b --type cx23 --image debian-13', "'a_b' is not a host name"],
    [`${basics} --user-data /nowhere/init.yaml`, 'cannot read /nowhere/init.yaml'],
  ])('are refused before anything is sent: %s', async (flags, message) => {
    const { failure, out } = await stage.create(flags);
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect([out, stage.requests()]).toEqual(['', []]);
  });

  test('name the location that stands for a datacenter', async () => {
    const { failure } = await stage.create(`${basics} --datacenter nbg1-dc3`);
    expect(failure!.hint).toBe('Use --location nbg1');
  });

  test.each([
    ['--name a --type cx32 --image debian-13', 'server type not found: cx32', 'Did you mean cpx32?'],
    ['--name a --type nonsense --image debian-13', 'server type not found: nonsense', 'cloudctl server-type list'],
    ['--name a --type cx23 --image debian-99', 'image not found: debian-99 (x86)', '--architecture x86'],
    ['--name a --type cx23 --image debian-13 --location fsn2', 'location not found: fsn2', 'Did you mean fsn1?'],
    ['--name a --type cx23 --image debian-13 --location somewhere', 'location not found: somewhere', 'Locations: fsn1'],
    [`${basics} --ssh-key nobody`, 'SSH key not found: nobody', 'cloudctl ssh-key list'],
    [`${basics} --network nowhere`, 'network not found: nowhere', ''],
  ])('name what is not there: %s', async (flags, message, hint) => {
    const { failure } = await stage.create(flags);
    expect(failure).toMatchObject({ code: 'not_found', message, hint: expect.stringContaining(hint) });
  });

  test('refuse a type where it is not offered, an image for another processor, and a deprecated one', async () => {
    const nowhere = await stage.create('--name a --type cx23 --image debian-13 --location ash');
    expect(nowhere.failure).toMatchObject({ code: 'refused', message: 'server type cx23 is not offered in ash' });
    expect(nowhere.failure!.hint).toContain('fsn1');
    const arm = [...stage.sandbox.state.images.values()].find(image => image.architecture === 'arm')!;
    const other = await stage.create(`--name a --type cx23 --image ${arm.id}`);
    expect(other.failure).toMatchObject({
      code: 'refused',
      message: `image ${arm.id} is for arm, server type cx23 is x86`,
    });
    const old = await stage.create('--name a --type cx23 --image debian-11');
    expect(old.failure).toMatchObject({ code: 'refused', hint: expect.stringContaining('--allow-deprecated-image') });
    const allowed = await stage.create('--name a --type cx23 --image debian-11 --allow-deprecated-image');
    expect(allowed.failure).toBeUndefined();
  });

  test('take types, locations and images by id', async () => {
    const type = [...stage.sandbox.state.server_types.values()].find(({ name }) => name === 'cx23')!;
    const image = [...stage.sandbox.state.images.values()].find(({ name }) => name === 'debian-13')!;
    const { json } = await stage.create(`--name a --type ${type.id} --image ${image.id} --location 2 -o json`);
    expect(json.server).toMatchObject({
      server_type: { name: 'cx23' },
      location: { name: 'nbg1' },
      image: { id: image.id },
    });
  });

  test('warn of a type that Hetzner withdraws', async () => {
    const { err } = await stage.create('--name a --type cpx11,cx23 --image debian-13 --location fsn1');
    expect(err).toContain(
      'Note: server type cpx11 in fsn1 is deprecated and cannot be ordered any more since 2026-01-01',
    );
  });
});

describe('--ssh-key', () => {
  test('finds the key of the project that is in a public-key file', async () => {
    const key = [...stage.sandbox.state.ssh_keys.values()][0]!;
    const folder = home();
    writeFileSync(join(folder, 'id.pub'), `${key.public_key}\n`);
    for (const [name, path] of [
      ['a', join(folder, 'id.pub')],
      ['b', '~/id.pub'],
    ]) {
      const { failure } = await stage.create(
        ['--name', name!, ...'--type cx23 --image debian-13'.split(' '), '--ssh-key', path!],
        { env: { HOME: folder } },
      );
      expect(failure).toBeUndefined();
      expect(stage.sandbox.requests.findLast(({ method }) => method === 'POST')!.body).toMatchObject({
        ssh_keys: [String(key.id)],
      });
    }
  });

  test('says how to add a key that is only on disk', async () => {
    const path = join(home(), 'work key.pub');
    writeFileSync(path, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFiYw== me@laptop\n');
    const { failure } = await stage.create([...basics.split(' '), '--ssh-key', path]);
    expect(failure).toMatchObject({ code: 'not_found', message: `the key in ${path} is not in the project` });
    expect(failure!.hint).toBe(`cloudctl ssh-key create --name 'work key' --public-key-from-file '${path}'`);
  });

  test('never takes a private key', async () => {
    const path = join(home(), 'id');
    writeFileSync(path, '-----BEGIN OPENSSH PRIVATE KEY-----\nxxxx\n');
    const { failure } = await stage.create([...basics.split(' '), '--ssh-key', path]);
    expect(failure).toMatchObject({ code: 'usage', hint: `Give the public one: ${path}.pub` });
  });
});

describe('the price', () => {
  test('is told on standard error with its parts, without VAT and with it, and nobody is asked', async () => {
    const { err, failure } = await stage.create(`${basics} --enable-backup`);
    expect(failure).toBeUndefined();
    expect(err).toContain(
      'Price: 4.69 EUR a month, 0.0075 EUR an hour, without VAT (5.58 a month with VAT): server cx23 in fsn1 3.49, backups 0.70, IPv4 0.50\n',
    );
  });

  test('is not told, nor asked of the API, where a program reads the output', async () => {
    for (const flags of ['-o json', '--quiet -o id --ssh-key key-0001']) {
      stage.sandbox.reset();
      const { err } = await stage.create(`${basics} ${flags}`);
      expect(err).toBe('');
      expect(stage.requests()).not.toContain('GET /pricing');
    }
  });

  test('tells the dearest of what may be tried', async () => {
    const { err } = await stage.create('--name a --type cx23,cx33 --image debian-13 --location fsn1 --count 2');
    expect(err).toContain('Price of 2 servers: 7.98 EUR a month');
    expect(err).toContain('; at most 11.98 EUR a month with what else is tried');
  });

  test('is agreed to on a terminal before anything is created', async () => {
    const asked: string[] = [];
    const ask = (answer: boolean) => ({
      text: async () => '',
      one: async () => '',
      many: async () => [],
      confirm: async (message: string) => {
        asked.push(message);
        return answer;
      },
    });
    const refused = await stage.create(basics, { tty: true, ask: ask(false) });
    expect(refused.failure).toMatchObject({ code: 'interrupted', message: 'nothing was created' });
    expect(stage.sandbox.state.servers.size).toBe(0);
    const agreed = await stage.create(`${basics} -o json`, { tty: true, ask: ask(true) });
    expect(agreed.failure).toBeUndefined();
    expect(asked).toEqual(Array(2).fill('Create server web-1 for 3.99 EUR a month without VAT?'));
    await stage.create("--name 'b-{n}' --count 2 --type cx23,cx33 --image debian-13 --yes", {
      tty: true,
      ask: ask(false),
    });
    await stage.create('--name c --type cx23 --image debian-13 --dry-run', { tty: true, ask: ask(false) });
    expect(asked).toHaveLength(2);
    await stage.create("--name 'd-{n}' --count 2 --type ccx13,cx33 --image debian-13", { tty: true, ask: ask(true) });
    expect(asked[2]).toMatch(/^Create 2 servers for up to \d+\.\d\d EUR a month without VAT\?$/);
  });
});
