import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../../../src/core/api.ts';
import { hetznerApi } from '../../../../src/core/hetzner/client.ts';
import { createTransport } from '../../../../src/core/transport/transport.ts';
import { openProject } from '../../../../src/daemon/gateway/upstream/open-project.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { startSandbox } from '../../../../src/sandbox/index.ts';
import { fakeClock } from '../../../helpers/clock.ts';

const clock = fakeClock(undefined, { auto: false });
const sandbox = await startSandbox({ clock, seed: { servers: 120 }, actionDuration: 5_000 });
const http = createTransport({ env: {} });
const stop = new AbortController();
afterAll(async () => {
  stop.abort();
  http.close();
  await sandbox.stop();
});
beforeEach(() => sandbox.reset());

const reader: Asker = { tenant: 'team-web', urgency: 'read' };
const writer: Asker = { tenant: 'team-web', urgency: 'write' };

function open(token: () => string = () => sandbox.token) {
  const announced: (readonly Action[])[] = [];
  const upstream = openProject({
    project: { id: 1, name: 'default', endpoint: sandbox.url },
    token,
    http,
    clock,
    signal: stop.signal,
    onActions: (_, actions) => void announced.push(actions),
  });
  return { upstream, announced };
}

const polled = () => paths().filter(path => path.includes('/actions?id=')).length;
const paths = () => sandbox.requests.map(({ method, path }) => `${method} ${path}`);

describe('a picture of a collection', () => {
  it('has every item of every page, by its id too, and costs one request a page however many ask', async () => {
    const { upstream } = open();
    const pictures = await Promise.all(Array.from({ length: 20 }, () => upstream.reader.all('servers', reader)));
    expect(new Set(pictures).size).toBe(1);
    const [picture] = pictures;
    expect(picture?.items).toHaveLength(120);
    expect(picture?.byId.get(picture.items[77]!.id)).toBe(picture?.items[77]);
    expect(paths()).toHaveLength(3);
    expect(upstream.report()).toMatchObject({ hits: 0, misses: 20, sent: { read: 3, write: 0, background: 0 } });
  });

  it('has another version when an item has changed, and the same when nothing has', async () => {
    const { upstream } = open();
    const first = await upstream.reader.all('servers', reader);
    const again = await upstream.reader.all('servers', reader, { fresh: true });
    expect(again).not.toBe(first);
    expect(again.version).toBe(first.version);
    const { id } = first.items[60]!;
    await upstream.send({ method: 'PUT', path: `servers/${id}`, body: '{"name":"renamed"}' }, writer);
    const changed = await upstream.reader.all('servers', reader);
    expect(changed.version).not.toBe(first.version);
    expect(changed.byId.get(id)?.name).toBe('renamed');
  });

  it('of images has the deprecated ones', async () => {
    const { upstream } = open();
    const { items } = await upstream.reader.all('images', reader);
    expect(items).toHaveLength(sandbox.state.images.size);
  });
});

describe('a change', () => {
  it('is answered as Hetzner answers it, and what was read before is not given any more', async () => {
    const { upstream } = open();
    expect((await upstream.reader.all('placement_groups', reader)).items).toHaveLength(0);
    const body = JSON.stringify({ name: 'spread', type: 'spread' });
    const answer = await upstream.send({ method: 'POST', path: 'placement_groups', body }, writer);
    expect(answer.status).toBe(201);
    expect((await upstream.reader.all('placement_groups', reader)).items).toMatchObject([{ name: 'spread' }]);
    const refused = await upstream.send({ method: 'POST', path: 'placement_groups', body }, writer);
    expect(refused.status).toBe(409);
  });

  it('has its action followed until it ends, when its server is read anew', async () => {
    const { upstream } = open();
    const [server] = (await upstream.reader.all('servers', reader)).items;
    await upstream.send({ method: 'POST', path: `servers/${server!.id}/actions/poweroff` }, writer);
    const read = await upstream.reader.all('servers', reader);
    expect(read.byId.get(server!.id)?.status).not.toBe('off');
    for (let polls = 1; polls <= 10; polls += 1) {
      const before = polled();
      await clock.advance(500);
      await until(() => polled() > before);
    }
    await until(() => upstream.report().underWay === 0);
    const after = await upstream.reader.all('servers', reader);
    expect(after.byId.get(server!.id)?.status).toBe('off');
  });
});

describe('the client of Hetzner through it', () => {
  it('has the token added, touches what it changes and announces the actions that it begins', async () => {
    const { upstream, announced } = open();
    const api = hetznerApi({
      endpoint: sandbox.url,
      token: 'none of its own',
      http: upstream.through({ tenant: 'daemon', urgency: 'write' }),
      clock,
      httpTimeout: 5_000,
      userAgent: 'test',
    });
    const { items } = await upstream.reader.all('servers', reader);
    await api.send('POST', `servers/${items[0]!.id}/actions/reboot`);
    expect(announced).toMatchObject([[{ command: 'reboot_server', status: 'running' }]]);
    expect(await upstream.reader.all('servers', reader)).not.toHaveProperty('items', items);
  });

  it('has the token of the moment when its turn comes', async () => {
    let token = sandbox.token;
    const { upstream } = open(() => token);
    expect((await upstream.send({ method: 'GET', path: 'servers' }, reader)).status).toBe(200);
    token = 'x'.repeat(64);
    expect((await upstream.send({ method: 'GET', path: 'servers' }, reader)).status).toBe(401);
  });
});

/** Lets what is under way on the loopback go on until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
