import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { basics, openStage, type Stage } from './create-support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({ seed: { ssh_keys: 1, volumes: 3 } });
});

afterEach(() => stage.sandbox.stop());

const servers = () => [...stage.sandbox.state.servers.values()];
const changes = () => stage.requests().filter(line => !line.startsWith('GET'));
const full =
  '--ssh-key key-0001 --label env=prod --enable-backup --enable-protection delete,rebuild --volume data-0003';

describe('server create --ensure', () => {
  test('creates the server when there is none', async () => {
    const { json } = await stage.create(`${basics} ${full} --ensure -o json`);
    expect(json).toMatchObject({ result: 'created', changes: [], server: { backup_window: expect.any(String) } });
  });

  test('changes nothing the second time, and says so', async () => {
    await stage.create(`${basics} ${full} --ensure`);
    const before = changes().length;
    const { json, failure } = await stage.create(`${basics} ${full} --ensure -o json`);
    expect(failure).toBeUndefined();
    expect(json).toMatchObject({ result: 'unchanged', changes: [], actions: [], root_password: null });
    expect(changes()).toHaveLength(before);
    const people = await stage.create(`${basics} ${full} --ensure`);
    expect(people.err).toContain('web-1: unchanged');
    expect(people.err).not.toContain('Price');
  });

  test('brings an existing server everything it lacks', async () => {
    const { network } = await stage.post('/networks', {
      name: 'internal',
      ip_range: '10.0.0.0/16',
      subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
    });
    await stage.post('/firewalls', { name: 'web' });
    await stage.post('/placement_groups', { name: 'apart', type: 'spread' });
    await stage.create(`${basics} --label keep=me --start-after-create=false`);
    const wish = `${basics} ${full} --network internal --firewall web --placement-group apart --ensure`;
    const planned = await stage.create(`${wish} --dry-run -o json`);
    const { json, failure } = await stage.create(`${wish} -o json`);
    expect(failure).toBeUndefined();
    expect(json.changes).toEqual([
      'labels',
      'firewall web',
      'placement group apart',
      'network internal',
      'volume data-0003',
      'protection',
      'backups',
      'power',
    ]);
    expect(planned.json.requests).toHaveLength(json.changes.length);
    expect(json.server).toMatchObject({
      status: 'running',
      labels: { keep: 'me', env: 'prod' },
      private_net: [{ network: network.id }],
      protection: { delete: true, rebuild: true },
      placement_group: { name: 'apart' },
      volumes: [expect.any(Number)],
      public_net: { firewalls: [{ status: 'applied' }] },
    });
    expect(servers()).toHaveLength(1);
    expect((await stage.create(`${wish} -o json`)).json.result).toBe('unchanged');
  });

  test('refuses a server that is another one for good, naming every difference, and changes nothing', async () => {
    await stage.create(basics);
    const before = changes().length;
    const flags =
      '--name web-1 --type cx33 --image ubuntu-24.04 --location nbg1 --without-ipv4 --label env=prod --ensure';
    const { failure, out } = await stage.create(flags);
    expect(failure).toMatchObject({ code: 'refused', exit: 6 });
    for (const told of [
      'type is cx23, wanted cx33',
      'image is debian-13, wanted ubuntu-24.04',
      'location is fsn1, wanted nbg1',
      'IPv4 is ',
    ]) {
      expect(failure!.message).toContain(told);
    }
    expect(failure!.details).toMatchObject({
      differences: [{ setting: 'type' }, { setting: 'image' }, { setting: 'location' }, { setting: 'IPv4' }],
    });
    expect([out, changes().length]).toEqual(['', before]);
    expect((await stage.create(`${flags} --dry-run`)).failure).toMatchObject({ code: 'refused' });
  });

  test('does not ask for the deprecated image of a server that is there', async () => {
    await stage.create('--name old --type cx23 --image debian-11 --location fsn1 --allow-deprecated-image');
    const { json, failure } = await stage.create(
      '--name old --type cx23 --image debian-11 --location fsn1 --ensure -o json',
    );
    expect(failure).toBeUndefined();
    expect(json.result).toBe('unchanged');
  });

  test('waits for a server that is still being created, and completes it', async () => {
    await stage.create(`${basics} --no-wait`);
    const { json } = await stage.create(`${basics} --enable-backup --ensure -o json`);
    expect(json).toMatchObject({ result: 'changed', changes: ['backups'], server: { status: 'running' } });
  });

  test('creates anew what was being deleted when it was found', async () => {
    const { json } = await stage.create(`${basics} -o json`);
    await fetch(`${stage.sandbox.url}/servers/${json.server.id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${stage.sandbox.token}` },
    });
    const { json: again, failure } = await stage.create(`${basics} --ensure -o json`);
    expect(failure).toBeUndefined();
    expect(again.result).toBe('created');
    expect(again.server.id).not.toBe(json.server.id);
    expect(servers()).toHaveLength(1);
  });

  test('completes the server that another run made after the name was found free', async () => {
    const [one, other] = await Promise.all([
      stage.create(`${basics} --label a=1 --ensure -o json`),
      stage.create(`${basics} --label b=2 --ensure -o json`),
    ]);
    expect([one.failure, other.failure]).toEqual([undefined, undefined]);
    expect(servers()).toHaveLength(1);
    expect(servers()[0]!.labels).toMatchObject({ a: '1', b: '2' });
  });

  test('gives up when the name stays taken by a server that cannot be seen', async () => {
    stage.sandbox.fault({
      method: 'POST',
      path: '/servers',
      kind: 'status',
      status: 409,
      code: 'uniqueness_error',
      times: 9,
    });
    const { failure } = await stage.create(`${basics} --ensure`);
    expect(failure).toMatchObject({ code: 'refused', apiCode: 'uniqueness_error' });
    expect(changes()).toHaveLength(3);
  });

  test('ends with one complete server wherever a run before it was killed', async () => {
    const wish = `${basics} ${full} --ensure -o json`;
    let left = Number.POSITIVE_INFINITY;
    let stop = new AbortController();
    // The client dies as the answer to its n-th request leaves: the deed is done, nobody has read of it.
    const observe = () => {
      left -= 1;
      if (left === 0) stop.abort();
    };
    await stage.sandbox.stop();
    stage = await openStage({ seed: { ssh_keys: 1, volumes: 3 }, observe });
    await stage.create(wish);
    const total = stage.requests().length;
    for (let killed = 1; killed <= total; killed += 1) {
      stage.sandbox.reset();
      stop = new AbortController();
      left = killed;
      const first = await stage.create(wish, { signal: stop.signal });
      if (killed < total)
        expect(first.failure, `killed after request ${killed}`).toMatchObject({ code: 'interrupted' });
      const { json, failure } = await stage.create(wish);
      expect(failure, `killed after request ${killed}`).toBeUndefined();
      expect(servers()).toHaveLength(1);
      expect(json.server).toMatchObject({
        status: 'running',
        labels: { env: 'prod' },
        protection: { delete: true, rebuild: true },
        backup_window: expect.any(String),
        volumes: [expect.any(Number)],
      });
    }
  });

  test.each(['lost', 'late', 'reset', 'cutoff'] as const)(
    'makes one complete server when the answer to the create is spoilt: %s',
    async kind => {
      stage.sandbox.fault({ method: 'POST', path: '/servers', kind, ...(kind === 'late' && { delay: 3000 }) });
      await stage.create(`${basics} ${full} --ensure -o json`);
      const { failure, json } = await stage.create(`${basics} ${full} --ensure -o json`);
      expect(failure).toBeUndefined();
      expect(servers()).toHaveLength(1);
      expect(json.server).toMatchObject({
        status: 'running',
        protection: { delete: true },
        backup_window: expect.any(String),
      });
    },
  );
});
