import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { useKey } from '../../../../src/core/store/key.ts';
import type { Store } from '../../../../src/core/store/store.ts';
import { createTransport } from '../../../../src/core/transport/transport.ts';
import type { Transport } from '../../../../src/core/world.ts';
import type { Request } from '../../../../src/daemon/api/service.ts';
import { openUpstreams } from '../../../../src/daemon/gateway/upstream/projects.ts';
import { projectService } from '../../../../src/daemon/gateway/upstream/service.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { type Sandbox, startSandbox } from '../../../../src/sandbox/index.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { stores } from '../../../helpers/stores.ts';

const [web, shop] = await Promise.all([startSandbox({ seed: { servers: 3 } }), startSandbox({ seed: { servers: 0 } })]);
const pool = createTransport({ env: {} });
afterAll(async () => {
  pool.close();
  await Promise.all([web.stop(), shop.stop()]);
});

/** One address as Hetzner has it: which project is meant is told by the token, of which each has several. */
const endpoint = 'http://127.0.0.1:1/v1';
const tokens: Readonly<Record<string, readonly [Sandbox, 'token' | 'readOnlyToken']>> = {
  configured: [web, 'token'],
  'web-2': [web, 'token'],
  'web-3': [web, 'token'],
  'shop-1': [shop, 'token'],
  'shop-2': [shop, 'token'],
  'shop-read': [shop, 'readOnlyToken'],
};

const seen: string[] = [];
/** Runs after a request was sent and before it is answered. */
let during = async () => {};

const http: Transport = async request => {
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  seen.push(`${token} ${request.method} ${request.url.pathname}`);
  const [sandbox, kind] = tokens[token] ?? [web, undefined];
  const url = new URL(`${sandbox.url}${request.url.pathname.slice('/v1'.length)}${request.url.search}`);
  const authorization = `Bearer ${kind ? sandbox[kind] : 'x'.repeat(64)}`;
  const answer = await pool({ ...request, url, headers: { ...request.headers, authorization } });
  await during();
  return answer;
};

const key = useKey(Buffer.alloc(32, 7));
const log = { debug() {}, info() {}, warn() {}, error() {} };
const asker: Asker = { tenant: 'team-web', urgency: 'read' };

beforeEach(() => {
  seen.length = 0;
  during = async () => {};
});

/** A daemon on the store. */
async function daemon(store: Store, clock = fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false })) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const find = () => ({ endpoint, token: 'configured', from: 'here' });
  const common = { store, key, http, clock, log, signal: stop.signal };
  const projects = await openUpstreams({ ...common, find });
  const service = projectService({ ...common, projects });
  const ask = (verb: string, input: object = {}, id?: number) =>
    service[verb]!({ input, id, query: {}, signal: stop.signal } as unknown as Request) as Promise<{
      project: Record<string, unknown> & { id: number };
    }>;
  const add = (name: string, token: string, more: object = {}) =>
    ask('add', { name, 'token-file': token, endpoint, ...more });
  return { projects, ask, add, clock, stop };
}

describe.each(stores)('projects on $name', ({ open }) => {
  async function fresh() {
    const store = await open();
    onTestFinished(() => store.close());
    return { store, ...(await daemon(store)) };
  }

  it('begin with that of the configuration, which is entered once and keeps its token there', async () => {
    const { store, projects, ask } = await fresh();
    await daemon(store);
    const rows = await store.db.selectFrom('projects').selectAll().execute();
    expect(rows).toMatchObject([{ id: 1, name: 'default', endpoint, token: null }]);
    const { items } = await projects.byName('default')!.reader.all('servers', asker);
    expect(items).toHaveLength(3);
    expect(await ask('describe', {}, 1)).toMatchObject({ project: { configured: true, sent: 1, limit: 3600 } });
    await expect(ask('rotate-token', { 'token-file': 'web-2' }, 1)).rejects.toMatchObject({ code: 'refused' });
    await expect(ask('remove', { force: true }, 1)).rejects.toMatchObject({ code: 'refused' });
  });

  it('are added with a token that is looked at, sealed, and told to nobody', async () => {
    const { store, projects, add } = await fresh();
    const added = await add('shop', 'shop-1');
    expect(added).toMatchObject({ project: { id: 2, name: 'shop', endpoint, configured: false, token_expires: null } });
    expect(JSON.stringify(added)).not.toContain('shop-1');
    const [row] = await store.db.selectFrom('projects').selectAll().where('id', '=', 2).execute();
    expect(row?.token).not.toContain('shop-1');
    expect(key.open(row!.token!, `token of a project at ${endpoint}`)).toBe('shop-1');
    expect((await projects.find(2)!.reader.all('servers', asker)).items).toHaveLength(0);
    expect(seen.at(-1)).toBe('shop-1 GET /v1/servers');
  });

  it.each([
    ['one that is not accepted', 'nonsense', 'refused', 'cannot be used'],
    ['one that may only read', 'shop-read', 'refused', 'may only read'],
    ['one of a project that is there', 'web-2', 'refused', 'is there already: project default'],
    ['one with a space in it', 'a b', 'unauthorized', 'malformed'],
  ])('are not added with %s', async (_, token, code, message) => {
    const { store, add } = await fresh();
    const failure = expect(add('other', token)).rejects;
    await failure.toMatchObject({ code, message: expect.stringContaining(message) });
    await failure.not.toThrow(token);
    expect(await store.db.selectFrom('projects').select('id').execute()).toHaveLength(1);
  });

  it('are added unseen where nobody wants the token looked at, but not twice with the same token or name', async () => {
    const { add } = await fresh();
    await add('later', 'nonsense', { 'no-check': true });
    expect(seen).toEqual([]);
    const again = { 'no-check': true };
    await expect(add('twice', 'nonsense', again)).rejects.toMatchObject({ apiCode: 'uniqueness_error' });
    await expect(add('later', 'shop-1')).rejects.toMatchObject({ apiCode: 'uniqueness_error' });
    await expect(add('Not/a name', 'shop-1')).rejects.toMatchObject({ code: 'usage' });
    await expect(add('plain', 'shop-1', { endpoint: 'http://example.com/v1' })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('have their token replaced without a request lost: what is under way ends with the old one', async () => {
    const { projects, ask, add } = await fresh();
    const { project } = await add('shop', 'shop-1');
    seen.length = 0;
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    during = () => held;
    const before = projects.find(project.id)!.send({ method: 'GET', path: 'servers' }, asker);
    await new Promise(setImmediate);
    during = async () => {};
    await ask('rotate-token', { 'token-file': 'shop-2' }, project.id);
    const after = await projects.find(project.id)!.send({ method: 'GET', path: 'servers' }, asker);
    release();
    expect([(await before).status, after.status]).toEqual([200, 200]);
    expect([seen[0], seen.at(-1)]).toEqual(['shop-1 GET /v1/servers', 'shop-2 GET /v1/servers']);
  });

  it('keep their token when another is not good, or is for another project', async () => {
    const { projects, ask, add } = await fresh();
    const { project } = await add('shop', 'shop-1');
    await projects
      .find(project.id)!
      .send(
        { method: 'POST', path: 'placement_groups', body: '{"name":"a","type":"spread"}' },
        { ...asker, urgency: 'write' },
      );
    for (const [token, message] of [
      ['nonsense', 'cannot be used'],
      ['web-3', 'another project'],
    ] as const)
      await expect(ask('rotate-token', { 'token-file': token }, project.id)).rejects.toThrow(message);
    await projects.find(project.id)!.send({ method: 'GET', path: 'servers' }, asker);
    expect(seen.at(-1)).toMatch(/^shop-1 /);
    await ask('rotate-token', { 'token-file': 'web-3', 'no-check': true }, project.id);
    await projects.find(project.id)!.send({ method: 'GET', path: 'servers' }, asker);
    expect(seen.at(-1)).toMatch(/^web-3 /);
  });

  it('that one daemon adds, renames, gives a new token or removes are noticed by the others within five seconds', async () => {
    const { store, add, ask, projects } = await fresh();
    const other = await daemon(store);
    const watching = other.projects.watch();
    // Its first look is over.
    while (other.clock.slept.length === 0) await new Promise(setImmediate);
    const tick = async (holds: () => boolean) => {
      await other.clock.advance(5_000);
      while (!holds()) await new Promise(setImmediate);
    };
    const { project } = await add('shop', 'shop-1');
    expect(other.projects.byName('shop')).toBeUndefined();
    await tick(() => other.projects.byName('shop') !== undefined);
    const picture = await other.projects.byName('shop')!.reader.all('servers', asker);
    await ask('update', { name: 'store' }, project.id);
    await ask('rotate-token', { 'token-file': 'shop-2' }, project.id);
    await tick(() => other.projects.byName('store') !== undefined);
    expect(other.projects.byName('shop')).toBeUndefined();
    const found = other.projects.find(project.id)!;
    expect(found.project.name).toBe('store');
    expect(await found.reader.all('servers', asker)).not.toBe(picture);
    await found.send({ method: 'GET', path: 'volumes' }, asker);
    expect(seen.at(-1)).toBe('shop-2 GET /v1/volumes');
    await ask('remove', {}, project.id);
    expect(projects.find(project.id)).toBeUndefined();
    await tick(() => other.projects.find(project.id) === undefined);
    await expect(found.send({ method: 'GET', path: 'volumes' }, asker)).rejects.toMatchObject({ code: 'unauthorized' });
    other.stop.abort();
    await watching;
  });

  it('in which somebody owns something are removed only by force, with what was whose', async () => {
    const { store, ask, add } = await fresh();
    const { project } = await add('shop', 'shop-1');
    const row = { project_id: project.id, type: 'servers', resource_id: 7, owner: 'user-2', author: 'ada' };
    await store.db
      .insertInto('ownerships')
      .values({ ...row, request: null, created: 1, closed: null })
      .execute();
    await expect(ask('remove', {}, project.id)).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('--force'),
    });
    await ask('remove', { force: true }, project.id);
    expect(await store.db.selectFrom('ownerships').selectAll().execute()).toEqual([]);
    await expect(ask('describe', {}, project.id)).rejects.toMatchObject({ code: 'not_found' });
    // Its number is given to no other: tokens may be bound to it.
    expect((await add('shop', 'shop-1')).project.id).toBe(project.id + 1);
  });

  it('have the end of their token kept, and an alert when it is near', async () => {
    const { store, ask, add } = await fresh();
    const { project } = await add('shop', 'shop-1', { 'token-expires': '2026-12-05T10:00:00Z' });
    expect(await store.db.selectFrom('conditions').selectAll().execute()).toMatchObject([
      { subject: `token/${project.id}`, firing: 1, summary: 'the token of project shop ends in 10 d' },
    ]);
    const end = '2027-12-05T10:00:00.000Z';
    await ask('rotate-token', { 'token-file': 'shop-2', 'token-expires': end }, project.id);
    expect(await ask('describe', {}, project.id)).toMatchObject({ project: { token_expires: end } });
  });
});
